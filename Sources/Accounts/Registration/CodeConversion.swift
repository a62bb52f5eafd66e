internal import Domain
internal import FoundationEssentials
internal import Persistence

/// Compares how many codes were sent to all customers with how many were entered.
package struct CodeConversion: Sendable {
  private let world: World

  package init(world: World) {
    self.world = world
  }

  private static let windowSeconds = 3600.0
  /// With fewer, chance decides.
  private static let leastSent = 50
  /// When robots ask for codes, or messages do not arrive, less than this share is entered.
  private static let leastPercent = 40
  private static let secondsBetweenChecks = 300
  private static let secondsBetweenAlarms = 3600

  /// Compares an hour's sent codes with those that were entered, unless an instance has just done
  /// so; raises an alarm at most once an hour (attack 18).
  package func checkIfDue() async throws {
    let now = world.now()
    let life = Double(world.limits.smsCodeLifetimeSeconds)
    let alarm = try await world.store.write { transaction -> Alarm? in
      guard
        try transaction.jobs.claim(
          "sms_conversion", everySeconds: Self.secondsBetweenChecks, at: now)
      else { return nil }
      // Customers still have time to enter the codes sent after this.
      let end = now.addingTimeInterval(-life)
      let start = end.addingTimeInterval(-Self.windowSeconds)
      let sent = try transaction.audit.count(.smsSent, from: start, to: end)
      guard sent >= Self.leastSent else { return nil }
      let accepted = try transaction.audit.count(.smsCodeAccepted, from: start, to: now)
      guard accepted * 100 < sent * Self.leastPercent,
        try transaction.jobs.claim(
          "sms_conversion_alarm", everySeconds: Self.secondsBetweenAlarms, at: now)
      else { return nil }
      return .smsConversionLow(sent: sent, accepted: accepted)
    }
    if let alarm { world.raise(alarm) }
  }
}
