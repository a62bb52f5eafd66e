internal import FoundationEssentials
internal import Persistence

/// Whether an import may begin.
enum GenerationClaim: Sendable {
  case claimed(Generations)
  /// Another import is alive.
  case held(lastSeenAt: Date)
}

/// An import has lost its right to write: another one has replaced it.
struct ImportTakenOver: Error {}

extension Transaction {
  var imports: ImportQueries { ImportQueries(transaction: self) }
}

/// What an import does with the register's generations.
struct ImportQueries: TransactionPart {
  let transaction: any Transaction

  /// Takes the right to import, and a number that no import has had before.
  ///
  /// - Parameter isAlone: nobody else can be importing, whatever the last one has left behind
  func claim(at now: Date, isAlone: Bool) throws -> GenerationClaim {
    let state = try row(
      """
      SELECT generation, newest_generation, imported_at, import_seen_at, delivery
      FROM register_state
      \(Query.Differing.rowLock)
      """)
    guard let state else { throw StoreFault.unavailable("register_state has no row.") }

    if !isAlone, let seenAt = try state.optional("import_seen_at", as: Date.self),
      // A sign of life from the far future comes from a clock that was wrong.
      abs(now.timeIntervalSince(seenAt)) < Double(ImportLimits.secondsOfSilence)
    {
      return .held(lastSeenAt: seenAt)
    }
    let fresh = Int64(try state.value("newest_generation", as: Int.self) + 1)
    try perform(
      "UPDATE register_state SET newest_generation = \(fresh), import_seen_at = \(now)")
    return .claimed(
      Generations(
        present: try state.value("generation"), fresh: fresh,
        delivery: try state.optional("delivery"),
        isFirst: try state.optional("imported_at", as: Date.self) == nil))
  }

  /// Gives a sign of life, before anything else in each transaction of an import.
  ///
  /// - Parameter answering: the register that must be the one in use. This keeps a sweep from ever
  ///   deleting it, even if nobody knows whether the replacement was committed.
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

  /// Puts a register into use: the fresh one, or the present one with its differences.
  func replaceRegister(
    _ generations: Generations, by generation: Int64, delivery: Int64?, at now: Date
  ) throws {
    try perform(
      """
      UPDATE register_state
      SET generation = \(generation), imported_at = \(now),
          delivery = COALESCE(\(delivery), delivery)
      WHERE newest_generation = \(generations.fresh)
      """)
  }

  /// The register in use.
  func generation() throws -> Int64 {
    guard let state = try row("SELECT generation FROM register_state") else {
      throw StoreFault.unavailable("register_state has no row.")
    }
    return try state.value("generation")
  }

  func hasReplacedRegister() throws -> Bool {
    try row("SELECT imported_at FROM register_state WHERE imported_at IS NOT NULL") != nil
  }

  /// A register with rows in the table, other than the one to keep.
  ///
  /// Two searches, because an index finds what is before and what is after, but not what differs.
  func stray(in table: RegisterTable, keeping kept: Int64) throws -> Int64? {
    let before = try row(
      "SELECT generation FROM \(table.name) WHERE generation < \(kept) LIMIT 1")
    let after = try row(
      "SELECT generation FROM \(table.name) WHERE generation > \(kept) LIMIT 1")
    return try (before ?? after)?.value("generation")
  }

  /// Deletes the next rows of a register that nobody reads, in key order.
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
