internal import Domain
internal import FoundationEssentials
internal import Persistence

/// Watches over what is sent to all customers together.
package struct SendingDesk: Sendable {
  private let world: World

  package init(world: World) {
    self.world = world
  }

  private static let windowSeconds = 3600.0
  /// Fewer are chance.
  private static let leastSent = 50
  /// Where robots ask, or messages do not arrive, fewer of the codes than this are typed in.
  private static let leastPercent = 40
  private static let secondsBetweenLooks = 300
  private static let secondsBetweenAlarms = 3600

  /// Compares the codes of an hour that were sent with those that were typed in, if no instance has
  /// done so just now; raises an alarm once an hour at most (security.md 2.3).
  package func look() async throws {
    let now = world.now()
    let life = Double(world.limits.smsCodeLifetimeSeconds)
    let alarm = try await world.store.write { transaction -> Alarm? in
      guard
        try transaction.claimRound(
          of: "sms_conversion", everySeconds: Self.secondsBetweenLooks, at: now)
      else { return nil }
      // Whoever has the code in hand still has time for it.
      let end = now.addingTimeInterval(-life)
      let start = end.addingTimeInterval(-Self.windowSeconds)
      let sent = try transaction.count(.smsSent, from: start, to: end)
      guard sent >= Self.leastSent else { return nil }
      let accepted = try transaction.count(.smsCodeAccepted, from: start, to: now)
      guard accepted * 100 < sent * Self.leastPercent,
        try transaction.claimRound(
          of: "sms_conversion_alarm", everySeconds: Self.secondsBetweenAlarms, at: now)
      else { return nil }
      return .smsConversionLow(sent: sent, accepted: accepted)
    }
    if let alarm { world.raise(alarm) }
  }
}

extension Transaction {
  fileprivate func count(_ kind: AuditEvent.Kind, from start: Date, to end: Date) throws -> Int {
    // The kinds stand in the text, as in the index that is for them.
    let row = try row(
      """
      SELECT COUNT(*) AS events FROM audit_event
      WHERE kind IN ('sms_sent', 'sms_code_accepted') AND at > \(start) AND at <= \(end)
        AND kind = \(kind.rawValue)
      """)
    return try row?.value("events") ?? 0
  }
}
