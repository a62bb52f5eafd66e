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

/// How many messages there is room for.
struct Room: Sendable {
  let codes: Int
  let notices: Int
  let inAll: Int
}

/// What waits in a channel.
struct Work {
  let hasCodes: Bool
  let hasNotices: Bool
  let isPastUse: Bool

  var isDue: Bool { hasCodes || hasNotices }

  /// What may wait after something was queued; what is past its use waits for the next look.
  static let justQueued = Work(hasCodes: true, hasNotices: true, isPastUse: false)
}
