internal import FoundationEssentials
internal import Persistence

/// How an import ends, and what it leaves.
extension RegisterReplacement {
  /// Ends an import that changes nothing; a refusal is recorded, unless it was a dry run.
  func close(
    _ generations: Generations, _ report: ImportReport, _ options: ImportOptions
  ) async throws {
    let moment = now()
    try await store.write { transaction in
      try transaction.imports.keepClaim(generations, answering: generations.present, at: moment)
      let isTold = report.refusal != nil && !options.isDryRun
      if isTold { try transaction.imports.record(report, options, at: moment) }
      try transaction.imports.releaseClaim(generations)
    }
  }

  func sweepAfter(_ generations: Generations) async throws {
    let kept = try await store.read { try $0.imports.generation() }
    try await sweep(keeping: kept, under: generations)
    try await store.write { try $0.imports.releaseClaim(generations) }
  }

  /// Lets the next import begin at once, which then sweeps the remains away: whoever has
  /// interrupted this one waits for its end. In a separate task: a cancelled one could not use the
  /// store.
  func giveUp(_ generations: Generations) async {
    _ = await Task {
      try? await store.write { try $0.imports.releaseClaim(generations) }
    }.value
  }

  /// Deletes the rows of all registers but the one in use, which has customers on it.
  func sweep(keeping kept: Int64, under generations: Generations) async throws {
    for table in RegisterTable.allCases {
      while let stray = try await stray(in: table, keeping: kept) {
        var next: String? = ""
        while let key = next {
          next = try await writeAndRest(answering: kept, under: generations) {
            try $0.imports.sweep(table, of: stray, after: key)
          }
        }
      }
    }
  }

  private func stray(in table: RegisterTable, keeping kept: Int64) async throws -> Int64? {
    try await store.read { try $0.imports.stray(in: table, keeping: kept) }
  }
}
