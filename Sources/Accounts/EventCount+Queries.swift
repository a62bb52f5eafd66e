internal import FoundationEssentials
internal import Persistence

/// Counts how often something happened in the present time window, for limits that apply to one
/// number, one address or everybody together.
///
/// The counts are in the database, so that all instances share them and no restart forgets them.
struct EventCount: Hashable {
  let name: String
  /// What the count is for: the hash of a number, say. Empty for everybody together.
  let key: [UInt8]
  let windowSeconds: Int

  func windowStart(at now: Date) -> Date {
    let seconds = Int64(now.timeIntervalSince1970)
    let window = Int64(windowSeconds)
    return Date(timeIntervalSince1970: Double(seconds - seconds % window))
  }

  /// Seconds until the count starts again.
  func secondsLeft(at now: Date) -> Int {
    max(1, windowSeconds - Int(now.timeIntervalSince(windowStart(at: now))))
  }
}

extension Transaction {
  var counts: EventCountQueries { EventCountQueries(transaction: self) }
}

/// How often something happened, for limits.
struct EventCountQueries: TransactionPart {
  let transaction: any Transaction

  func used(_ count: EventCount, at now: Date) throws -> Int {
    let row = try row(
      """
      SELECT used FROM event_count
      WHERE name = \(count.name) AND key = \(count.key)
        AND window_start = \(count.windowStart(at: now))
      """)
    return try row?.value("used") ?? 0
  }

  /// The count, locked until the end of the transaction: two readers at once would both find room
  /// for one more.
  func usedAndHeld(_ count: EventCount, at now: Date) throws -> Int {
    try usedAndHeld([count], at: now).first ?? 0
  }

  /// The same for several counts, in one statement where they have to be locked.
  func usedAndHeld(_ counts: [EventCount], at now: Date) throws -> [Int] {
    // SQLite has only one writer anyway.
    guard dialect == .postgres else { return try counts.map { try used($0, at: now) } }
    let held = try add(0, to: counts, at: now)
    return counts.map { held[$0] ?? 0 }
  }

  /// Takes back one that was counted before it was known whether it should count.
  func decrease(_ count: EventCount, at now: Date) throws {
    try perform(Self.decreasing(count, by: 1, at: now))
  }

  /// Takes back several.
  ///
  /// - Returns: the new count.
  func decrease(_ count: EventCount, by number: Int, at now: Date) throws -> Int {
    try row("\(Self.decreasing(count, by: number, at: now)) RETURNING used")?.value("used") ?? 0
  }

  private static func decreasing(_ count: EventCount, by number: Int, at now: Date) -> Query {
    """
    UPDATE event_count SET used = CASE WHEN used > \(number) THEN used - \(number) ELSE 0 END
    WHERE name = \(count.name) AND key = \(count.key)
      AND window_start = \(count.windowStart(at: now))
    """
  }

  /// Forgets a count, whatever its window.
  func forget(_ count: EventCount) throws {
    try perform("DELETE FROM event_count WHERE name = \(count.name) AND key = \(count.key)")
  }

  /// Adds one.
  ///
  /// - Returns: the new count.
  func increase(_ count: EventCount, at now: Date) throws -> Int {
    try increase([count], at: now).first ?? 0
  }

  /// Adds one to each of several counts.
  ///
  /// - Returns: the new counts, in their order.
  func increase(_ counts: [EventCount], at now: Date) throws -> [Int] {
    let used = try add(1, to: counts, at: now)
    return counts.map { used[$0] ?? 0 }
  }

  /// One statement, which locks the rows in the order of their names and keys: two transactions
  /// with the same counts never wait for each other.
  private func add(
    _ number: Int, to counts: [EventCount], at now: Date
  ) throws -> [EventCount: Int] {
    guard !counts.isEmpty else { return [:] }
    let ordered = Set(counts).sorted { one, other in
      one.name == other.name
        ? one.key.lexicographicallyPrecedes(other.key) : one.name < other.name
    }
    let values = ordered.map { count -> Query in
      "(\(count.name), \(count.key), \(count.windowStart(at: now)), \(number))"
    }
    let rows = try rows(
      """
      INSERT INTO event_count (name, key, window_start, used)
      VALUES \(Query.joined(values, separator: ", "))
      ON CONFLICT (name, key, window_start) DO UPDATE SET used = event_count.used + excluded.used
      RETURNING name, key, used
      """)
    var used: [EventCount: Int] = [:]
    for row in rows {
      let (name, key) = (
        try row.value("name", as: String.self), try row.value("key", as: [UInt8].self)
      )
      guard let count = ordered.first(where: { $0.name == name && $0.key == key }) else { continue }
      used[count] = try row.value("used")
    }
    return used
  }
}
