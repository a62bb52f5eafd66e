internal import FoundationEssentials
internal import Persistence

/// Counts how often something happened in the present window of time, for the limits that hold for
/// a number, an address or everybody together.
///
/// The counts are in the database, so that all instances share them and no restart forgets them.
struct EventCount {
  let name: String
  /// What is counted for: the hash of a number, say. Empty for everybody together.
  let key: [UInt8]
  let windowSeconds: Int

  func windowStart(at now: Date) -> Date {
    let seconds = Int64(now.timeIntervalSince1970)
    let window = Int64(windowSeconds)
    return Date(timeIntervalSince1970: Double(seconds - seconds % window))
  }

  /// Seconds until the count begins anew.
  func secondsLeft(at now: Date) -> Int {
    max(1, windowSeconds - Int(now.timeIntervalSince(windowStart(at: now))))
  }
}

extension Transaction {
  func used(_ count: EventCount, at now: Date) throws -> Int {
    let row = try row(
      """
      SELECT used FROM event_count
      WHERE name = \(count.name) AND key = \(count.key)
        AND window_start = \(count.windowStart(at: now))
      """)
    return try row?.value("used") ?? 0
  }

  /// The count, held until the end of the transaction: two that look at once would both find room
  /// for one more.
  func usedAndHeld(_ count: EventCount, at now: Date) throws -> Int {
    // SQLite's writer is alone anyway.
    guard dialect == .postgres else { return try used(count, at: now) }
    let row = try row(
      """
      INSERT INTO event_count (name, key, window_start, used)
      VALUES (\(count.name), \(count.key), \(count.windowStart(at: now)), 0)
      ON CONFLICT (name, key, window_start) DO UPDATE SET used = event_count.used
      RETURNING used
      """)
    return try row?.value("used") ?? 0
  }

  /// Takes one back that was counted before it was known whether it counts.
  func decrease(_ count: EventCount, at now: Date) throws {
    try perform(
      """
      UPDATE event_count SET used = used - 1
      WHERE name = \(count.name) AND key = \(count.key)
        AND window_start = \(count.windowStart(at: now)) AND used > 0
      """)
  }

  /// Counts one more.
  ///
  /// - Returns: the count after it.
  func increase(_ count: EventCount, at now: Date) throws -> Int {
    let row = try row(
      """
      INSERT INTO event_count (name, key, window_start, used)
      VALUES (\(count.name), \(count.key), \(count.windowStart(at: now)), 1)
      ON CONFLICT (name, key, window_start) DO UPDATE SET used = event_count.used + 1
      RETURNING used
      """)
    return try row?.value("used") ?? 0
  }
}
