internal import Domain
internal import FoundationEssentials

/// A message in a dispatcher's hands.
struct Lease: Sendable {
  let delivery: Gateway.Delivery
  /// Whom it concerns; `nil` when that has been erased.
  let customer: CustomerNumber?
  let token: [UInt8]
  /// After this another dispatcher may have it.
  let until: Date
  /// Tries so far, including this one.
  let tries: Int
  /// How often it is unknown whether a gateway has taken it; a lost lease counts.
  let unknowns: Int

  var id: Message.ID { delivery.id }
  /// Whether it may have been sent before.
  var isDoubtful: Bool { unknowns > 0 }
}

/// What waits in a channel.
struct Work {
  let hasCodes: Bool
  let hasNotices: Bool
  let isPastUse: Bool

  var isDue: Bool { hasCodes || hasNotices }
}
