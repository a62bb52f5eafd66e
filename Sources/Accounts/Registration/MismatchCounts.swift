internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Persistence

/// What a failed identification is counted by: each of the two numbers from one network, and the
/// network.
enum MismatchCounts {
  /// The counts, each with its limit.
  ///
  /// By network, too: a stranger who types somebody's number must not keep its owner out (D 13).
  static func all(
    of claim: Claim, from address: String?, _ limits: Limits
  ) -> [(EventCount, Int)] {
    let network = sha256(Array((address ?? "").utf8))
    let numbers = [claim.number.text, claim.mobile.e164].map { number in
      (ofNumber(sha256(Array(number.utf8) + network)), limits.mismatchesPerNumberPerHour)
    }
    let networks = [address].compactMap(\.self).map { address in
      (ofNetwork(sha256(Array(address.utf8))), limits.mismatchesPerAddressPerTenMinutes)
    }
    return numbers + networks
  }

  private static func ofNumber(_ key: [UInt8]) -> EventCount {
    EventCount(name: "mismatch_number", key: key, windowSeconds: 3600)
  }

  private static func ofNetwork(_ key: [UInt8]) -> EventCount {
    EventCount(name: "mismatch_address", key: key, windowSeconds: 600)
  }

  /// When a limit ends that was met then.
  ///
  /// - Parameter name: of its count
  static func end(of name: String, metAt instant: Date) -> Date {
    let (number, network) = (ofNumber([]), ofNetwork([]))
    let count = name == network.name ? network : number
    return instant.addingTimeInterval(Double(count.secondsLeft(at: instant)))
  }

  /// What tells which counts somebody unknown has met: their keys, one after the other.
  static func source(of counts: [EventCount]) -> [UInt8] { counts.flatMap(\.key) }

  /// Forgets the counts whose limit some registrations have met, and no others: staff know neither
  /// the caller's network nor what was typed, but the case does.
  ///
  /// - Returns: whether there were any
  static func forget(
    metBy registrations: [Registration.ID], in transaction: any Transaction
  ) throws -> Bool {
    var keys: Set<[UInt8]> = []
    for registration in registrations {
      for source in try transaction.sources(of: .mismatchLimit, by: registration) {
        keys.formUnion(self.keys(in: source))
      }
    }
    for key in keys {
      try transaction.counts.forget(ofNumber(key))
      try transaction.counts.forget(ofNetwork(key))
    }
    return !keys.isEmpty
  }

  private static let keyLength = 32

  private static func keys(in source: [UInt8]) -> [[UInt8]] {
    stride(from: 0, to: source.count, by: keyLength).map { start in
      Array(source.dropFirst(start).prefix(keyLength))
    }
  }
}
