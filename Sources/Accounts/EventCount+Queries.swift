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

  func windowStart(at now: Date) -> Date { now.windowStart(seconds: windowSeconds) }

  /// Seconds until the count starts again.
  func secondsLeft(at now: Date) -> Int {
    max(1, windowSeconds - Int(now.timeIntervalSince(windowStart(at: now))))
  }
}

extension Date {
  /// When the window of so many seconds began that it is in.
  func windowStart(seconds length: Int) -> Date {
    let seconds = Int64(timeIntervalSince1970)
    return Date(timeIntervalSince1970: Double(seconds - seconds % Int64(length)))
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
    try used(holding: [count], at: now)[count] ?? 0
  }

  /// The same for several counts, and beside them some that are only looked at, in one statement.
  ///
  /// - Returns: those that have been counted at all
  func used(
    holding held: [EventCount], besides others: [EventCount] = [], at now: Date
  ) throws -> [EventCount: Int] {
    // SQLite has only one writer anyway.
    guard dialect == .postgres, !held.isEmpty else { return try look(at: held + others, at: now) }
    guard !others.isEmpty else { return try add(0, to: held, at: now) }
    return try read(
      held + others,
      """
      WITH held AS (\(Self.adding(0, to: held, at: now)))
      SELECT name, key, used FROM held
      UNION ALL
      \(Self.looking(at: others, at: now))
      """)
  }

  private func look(at counts: [EventCount], at now: Date) throws -> [EventCount: Int] {
    guard !counts.isEmpty else { return [:] }
    return try read(counts, Self.looking(at: counts, at: now))
  }

  /// What a statement says about counts.
  private func read(_ counts: [EventCount], _ statement: Query) throws -> [EventCount: Int] {
    var used: [EventCount: Int] = [:]
    for row in try rows(statement) {
      let (name, key) = (
        try row.value("name", as: String.self), try row.value("key", as: [UInt8].self)
      )
      guard let count = counts.first(where: { $0.name == name && $0.key == key }) else { continue }
      used[count] = try row.value("used")
    }
    return used
  }

  private static func looking(at counts: [EventCount], at now: Date) -> Query {
    // Spelled out: SQLite finds no index for a list of rows.
    let these = counts.map { count -> Query in
      """
      (name = \(count.name) AND key = \(count.key)
        AND window_start = \(count.windowStart(at: now)))
      """
    }
    return """
      SELECT name, key, used FROM event_count
      WHERE \(Query.joined(these, separator: " OR "))
      """
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
    try increase([count], at: now)[count] ?? 0
  }

  /// Adds one, unless the count has reached its limit.
  ///
  /// - Parameter limit: one at least
  /// - Returns: whether there was room; the count is locked either way.
  func increase(_ count: EventCount, below limit: Int, at now: Date) throws -> Bool {
    try row(
      """
      INSERT INTO event_count (name, key, window_start, used)
      VALUES (\(count.name), \(count.key), \(count.windowStart(at: now)), 1)
      ON CONFLICT (name, key, window_start) DO UPDATE SET used = event_count.used + 1
      WHERE event_count.used < \(limit)
      RETURNING used
      """) != nil
  }

  /// Adds one to each of several counts, in one statement.
  ///
  /// - Returns: the new counts.
  func increase(_ counts: [EventCount], at now: Date) throws -> [EventCount: Int] {
    try add(1, to: counts, at: now)
  }

  private func add(
    _ number: Int, to counts: [EventCount], at now: Date
  ) throws -> [EventCount: Int] {
    guard !counts.isEmpty else { return [:] }
    return try read(counts, Self.adding(number, to: counts, at: now))
  }

  /// One statement, which locks the rows in the order of their names and keys: two transactions
  /// with the same counts never deadlock.
  private static func adding(_ number: Int, to counts: [EventCount], at now: Date) -> Query {
    let ordered = Set(counts).sorted { one, other in
      one.name == other.name
        ? one.key.lexicographicallyPrecedes(other.key) : one.name < other.name
    }
    let values = ordered.map { count -> Query in
      "(\(count.name), \(count.key), \(count.windowStart(at: now)), \(number))"
    }
    return """
      INSERT INTO event_count (name, key, window_start, used)
      VALUES \(Query.joined(values, separator: ", "))
      ON CONFLICT (name, key, window_start) DO UPDATE SET used = event_count.used + excluded.used
      RETURNING name, key, used
      """
  }
}
