package import FoundationEssentials
package import Persistence

/// Replaces the register by what the insurer's files say, as a whole.
///
/// The rows go into a new generation, some hundred a transaction, beside the register that answers.
/// When all are in, one small update makes the new generation the register; only then are the old
/// rows deleted. Whatever breaks in between, the old register answers, and the next import sweeps
/// the remains away.
package struct RegisterReplacement: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date

  /// - Parameter now: the clock, which the signs of life are taken from
  package init(store: any Store, now: @escaping @Sendable () -> Date) {
    self.store = store
    self.now = now
  }

  /// Imports two files, which are read once and never held as a whole.
  ///
  /// - Parameters:
  ///   - customers: the bytes of `customers.csv`, ``FileChunks`` say
  ///   - policies: the bytes of `policies.csv`
  ///   - onProgress: called after each batch
  /// - Returns: what came of it; a refusal is an answer too.
  /// - Throws: what the files or the store throw. The register is then the old one.
  package func run<Customers: AsyncSequence, Policies: AsyncSequence>(
    customers: Customers, policies: Policies, options: ImportOptions = ImportOptions(),
    onProgress: (ImportProgress) async -> Void = { _ in }
  ) async throws -> ImportReport
  where Customers.Element == [UInt8], Policies.Element == [UInt8] {
    var report = ImportReport(isDryRun: options.isDryRun)
    var customers = LineBatches<CustomerRow, _>(customers, encoding: options.encoding)
    var policies = LineBatches<PolicyRow, _>(policies, encoding: options.encoding)

    // Before anything is written: a file that is none costs nobody anything.
    let unusable = [try await customers.readHeader(), try await policies.readHeader()]
      .compactMap { $0 }
    for reject in unusable { report[reject.file].add([reject]) }
    if let reject = unusable.first {
      report.outcome = .refused(.unusableFile(reject))
      return report
    }

    switch try await claim() {
    case .held(let lastSeenAt):
      report.outcome = .refused(.anotherImport(lastSeenAt: lastSeenAt))
    case .claimed(let generations):
      do {
        try await sweep(keeping: generations.present, under: generations)
        try await take(&customers, into: generations, &report, onProgress)
        try await take(&policies, into: generations, &report, onProgress)
        try await finish(&report, generations, options)
      } catch is ImportTakenOver {
        report.outcome = .refused(.takenOver)
      } catch {
        await giveUp(generations)
        throw error
      }
    }
    return report
  }
}

extension RegisterReplacement {
  private func claim() async throws -> GenerationClaim {
    let moment = now()
    return try await store.write { try $0.claimGeneration(at: moment) }
  }

  private func take<Row: StoredRow, Chunks: AsyncSequence>(
    _ batches: inout LineBatches<Row, Chunks>, into generations: Generations,
    _ report: inout ImportReport, _ onProgress: (ImportProgress) async -> Void
  ) async throws {
    var lines = 0
    while let batch = try await batches.next() {
      let moment = now()
      let taken = try await store.write { transaction in
        try transaction.keepClaim(generations, answering: generations.present, at: moment)
        return try transaction.take(batch, into: generations)
      }
      report[Row.file].add(taken)
      lines += batch.count
      await onProgress(ImportProgress(file: Row.file, lines: lines))
    }
    let count = try await store.read { try $0.count(Row.table, in: generations.present) }
    report[Row.file].removed = count - report[Row.file].kept
  }

  private func finish(
    _ report: inout ImportReport, _ generations: Generations, _ options: ImportOptions
  ) async throws {
    if let refusal = Self.shrinkage(report, options) {
      report.outcome = .refused(refusal)
    } else if !options.isDryRun {
      let moment = now()
      try await store.write { try $0.replaceRegister(generations, at: moment) }
      report.outcome = .replaced
      // The new register answers; what cannot be swept now is no failure of the import.
      do {
        try await sweep(keeping: generations.fresh, under: generations)
        try await store.write { try $0.releaseClaim(generations) }
      } catch {
        report.hasLeftovers = true
      }
      return
    }
    try await discard(generations)
  }

  private static func shrinkage(
    _ report: ImportReport, _ options: ImportOptions
  ) -> ImportRefusal? {
    for file in RegisterFile.allCases {
      let (removed, count) = (report[file].removed, report[file].removed + report[file].kept)
      if removed * 100 > count * options.maxDeletePercent {
        return .tooManyRemoved(
          file, removed: removed, of: count, maxPercent: options.maxDeletePercent)
      }
    }
    return nil
  }

  private func discard(_ generations: Generations) async throws {
    try await sweep(keeping: generations.present, under: generations)
    try await store.write { try $0.releaseClaim(generations) }
  }

  /// Discards if it can, in a task of its own: a cancelled one would not get at the store.
  private func giveUp(_ generations: Generations) async {
    await Task { try? await discard(generations) }.value
  }

  /// Deletes the rows of all registers but one.
  private func sweep(keeping kept: Int64, under generations: Generations) async throws {
    for table in RegisterTable.allCases {
      while let stray = try await stray(in: table, keeping: kept) {
        var next: String? = ""
        while let key = next {
          let moment = now()
          next = try await store.write { transaction in
            try transaction.keepClaim(generations, answering: kept, at: moment)
            return try transaction.sweep(table, of: stray, after: key)
          }
        }
      }
    }
  }

  private func stray(in table: RegisterTable, keeping kept: Int64) async throws -> Int64? {
    try await store.read { try $0.strayGeneration(in: table, keeping: kept) }
  }
}
