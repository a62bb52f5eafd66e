internal import FoundationEssentials
internal import Persistence

/// Whether an import may begin.
enum GenerationClaim: Sendable {
  case claimed(Generations)
  /// Another import is alive.
  case held(lastSeenAt: Date)
}

/// An import has lost its right to write: another one has taken its place.
struct ImportTakenOver: Error {}

extension Transaction {
  /// Takes the right to import, and a number that no import had before.
  func claimGeneration(at now: Date) throws -> GenerationClaim {
    let state = try row(
      """
      SELECT generation, newest_generation, import_seen_at FROM register_state
      \(Query.Differing.rowLock)
      """)
    guard let state else { throw StoreFault.unavailable("register_state has no row.") }

    if let seenAt = try state.optional("import_seen_at", as: Date.self),
      // A sign of life from the far future comes from a clock that was wrong.
      abs(now.timeIntervalSince(seenAt)) < Double(ImportLimits.secondsOfSilence)
    {
      return .held(lastSeenAt: seenAt)
    }
    let fresh = try state.value("newest_generation", as: Int64.self) + 1
    try perform(
      "UPDATE register_state SET newest_generation = \(fresh), import_seen_at = \(now)")
    return .claimed(Generations(present: try state.value("generation"), fresh: fresh))
  }

  /// Gives a sign of life, in each transaction of an import before anything else.
  ///
  /// - Parameter answering: the register that must be the one that answers. A sweep is sure by this
  ///   that it never deletes it, even if nobody knows whether the replacement was committed.
  /// - Throws: ``ImportTakenOver``, so that an import that lost its right writes nothing more.
  func keepClaim(
    _ generations: Generations, answering generation: Int64, at now: Date
  ) throws {
    let count = try execute(
      """
      UPDATE register_state SET import_seen_at = \(now)
      WHERE newest_generation = \(generations.fresh)
        AND generation = \(generation)
        AND import_seen_at IS NOT NULL
      """)
    if count == 0 { throw ImportTakenOver() }
  }

  /// Lets the next import begin.
  func releaseClaim(_ generations: Generations) throws {
    try perform(
      """
      UPDATE register_state SET import_seen_at = NULL
      WHERE newest_generation = \(generations.fresh)
      """)
  }

  /// Makes the fresh register the one that answers.
  func replaceRegister(_ generations: Generations, at now: Date) throws {
    try keepClaim(generations, answering: generations.present, at: now)
    try perform(
      """
      UPDATE register_state SET generation = \(generations.fresh), imported_at = \(now)
      WHERE newest_generation = \(generations.fresh)
      """)
  }

  func count(_ table: RegisterTable, in generation: Int64) throws -> Int {
    let row = try row(
      "SELECT COUNT(*) AS count FROM \(table.name) WHERE generation = \(generation)")
    return try row?.value("count") ?? 0
  }

  /// A register with rows in the table that is not the one to keep.
  ///
  /// Two searches, because an index finds what is before and what is after, but not what differs.
  func strayGeneration(in table: RegisterTable, keeping kept: Int64) throws -> Int64? {
    let before = try row(
      "SELECT generation FROM \(table.name) WHERE generation < \(kept) LIMIT 1")
    let after = try row(
      "SELECT generation FROM \(table.name) WHERE generation > \(kept) LIMIT 1")
    return try (before ?? after)?.value("generation")
  }

  /// Deletes the next rows of a register that nobody reads, in the order of their keys.
  ///
  /// - Returns: the key of the last one, or nil when none is left.
  func sweep(_ table: RegisterTable, of generation: Int64, after key: String) throws -> String? {
    let bound = try row(
      """
      SELECT \(table.key) AS key FROM \(table.name)
      WHERE generation = \(generation) AND \(table.key) > \(key)
      ORDER BY \(table.key)
      LIMIT 1 OFFSET \(ImportLimits.rowsPerSweep - 1)
      """)
    guard let last = try bound?.value("key", as: String.self) else {
      try perform(
        "DELETE FROM \(table.name) WHERE generation = \(generation) AND \(table.key) > \(key)")
      return nil
    }
    try perform(
      """
      DELETE FROM \(table.name)
      WHERE generation = \(generation) AND \(table.key) > \(key) AND \(table.key) <= \(last)
      """)
    return last
  }
}
