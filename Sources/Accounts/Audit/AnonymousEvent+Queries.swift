internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Persistence

/// What an operator is to know about people whom nobody knows: counted, not listed.
///
/// A stranger can do such things without end. So there is one row for each window, source and kind,
/// whatever the stranger does (D 13), in a table that is forgotten after a time.
struct AnonymousEvent {
  /// One row tells of so many seconds.
  static let windowSeconds = 600

  let event: AuditEvent
  /// Who it was as far as it is known: the hash of a network or of a name, or a registration.
  let source: [UInt8]

  init(_ event: AuditEvent, from source: [UInt8]) {
    self.event = event
    self.source = source
  }

  /// - Parameter network: where it came from; all that is unknown shares one row
  init(_ event: AuditEvent, fromNetwork network: String?) {
    self.init(event, from: network.map { sha256(Array($0.utf8)) } ?? [])
  }
}

extension Transaction {
  /// Counts an event of somebody unknown.
  ///
  /// - Returns: how often it has happened in this window.
  @discardableResult
  func count(_ anonymous: AnonymousEvent, at now: Date) throws -> Int {
    let window = now.windowStart(seconds: AnonymousEvent.windowSeconds)
    let event = anonymous.event
    return try row(
      """
      INSERT INTO anonymous_event
        (kind, source, window_start, times, last_at, detail, registration_id)
      VALUES (\(event.kind.rawValue), \(anonymous.source), \(window), 1, \(now), \(event.detail),
              \(event.registration))
      ON CONFLICT (kind, source, window_start)
      DO UPDATE SET times = anonymous_event.times + 1, last_at = excluded.last_at,
                    detail = excluded.detail, registration_id = excluded.registration_id
      RETURNING times
      """)?.value("times") ?? 1
  }

  /// Records in the trail what was done about an account, and counts it where there is none: in
  /// one statement either way, so that nobody can tell one from the other by the time (attack 25).
  func note(
    _ kind: AuditEvent.Kind, _ detail: String? = nil, of account: Account?,
    fromNetwork network: String?, at now: Date
  ) throws {
    if let account {
      try record(
        AuditEvent(
          kind: kind, detail: detail, customer: account.customer, account: account.id), at: now)
    } else {
      try count(
        AnonymousEvent(AuditEvent(kind: kind, detail: detail), fromNetwork: network), at: now)
    }
  }

  /// Records in the trail that somebody known met a limit: the first time in an hour. What is past
  /// a limit could otherwise be written without end.
  ///
  /// - Returns: whether it was the first time
  @discardableResult
  func recordOnce(
    _ event: AuditEvent, of source: some CustomStringConvertible, at now: Date
  ) throws -> Bool {
    guard try counts.increase(recorded(event.kind, of: source), at: now) == 1 else { return false }
    try record(event, at: now)
    return true
  }

  /// The limit was lifted: who meets it again is recorded again.
  func forgetRecorded(
    _ kind: AuditEvent.Kind, of source: some CustomStringConvertible
  ) throws {
    try counts.forget(recorded(kind, of: source))
  }

  private func recorded(
    _ kind: AuditEvent.Kind, of source: some CustomStringConvertible
  ) -> EventCount {
    EventCount(
      name: "trail_\(kind.rawValue)", key: sha256(Array(source.description.utf8)),
      windowSeconds: 3600)
  }

  /// Whom a registration was counted as.
  func sources(
    of kind: AuditEvent.Kind, by registration: Registration.ID
  ) throws -> [[UInt8]] {
    try rows(
      """
      SELECT DISTINCT source FROM anonymous_event
      WHERE registration_id = \(registration) AND kind = \(kind.rawValue)
      """
    ).map { try $0.value("source") }
  }
}

extension World {
  /// Leaves a trace of a limit that somebody unknown has reached: a row that counts, and a line in
  /// the log the first time in a window.
  func limitReached(
    _ event: AuditEvent, from source: [UInt8], in transaction: any Transaction, at now: Date
  ) throws {
    let times = try transaction.count(AnonymousEvent(event, from: source), at: now)
    if times == 1 { tell(event) }
  }

  /// The same for a limit of somebody known: a row of the trail, the first time in an hour.
  func limitReached(
    _ event: AuditEvent, of source: some CustomStringConvertible, in transaction: any Transaction,
    at now: Date
  ) throws {
    if try transaction.recordOnce(event, of: source, at: now) { tell(event) }
  }

  /// Repeating the transaction may repeat the line; better than none.
  private func tell(_ event: AuditEvent) {
    raise(.limitReached(event.kind.rawValue, detail: event.detail ?? ""))
  }
}
