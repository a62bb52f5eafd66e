internal import Persistence

/// Rows come into most indexes from all sides. To build such an index when all rows are there takes
/// a fraction of what it costs to keep it up to date with each, so a first import does without.
///
/// Nobody looks anything up before there is a register. An import that is killed leaves rows
/// without indexes; the next one builds them before it puts a register into use.
extension RegisterReplacement {
  /// Takes the indexes away from tables without rows.
  func dropIndexes(under generations: Generations) async throws {
    guard generations.isFirst, !schema.migrations.isEmpty else { return }
    let (moment, schema) = (now(), schema)
    do {
      try await store.write { transaction in
        try transaction.imports.keepClaim(generations, answering: generations.present, at: moment)
        try transaction.imports.dropIndexes(of: schema)
      }
    } catch StoreFault.busy, StoreFault.unavailable {
      // Somebody has the tables for long, a backup for example, or they belong to another role: it
      // will do with the indexes.
    }
  }

  /// Builds those that are missing, each in a transaction of its own. After any import: a killed
  /// one may have left an older program a register without them.
  func buildIndexes(under generations: Generations) async throws {
    for index in try await missingIndexes() {
      try Task.checkCancellation()
      let moment = now()
      try await store.write { transaction in
        try transaction.imports.keepClaim(generations, answering: generations.present, at: moment)
        try transaction.imports.build(index)
      }
    }
  }

  /// Builds what a first import that was killed has left undone. If the insurer's own service is
  /// asked instead of files, no other import follows.
  package func restoreIndexes() async throws {
    for index in try await missingIndexes() {
      try await store.write { try $0.imports.build(index) }
    }
  }

  private func missingIndexes() async throws -> [TableIndex] {
    let schema = schema
    return try await store.read { try $0.imports.missingIndexes(of: schema) }
  }
}
