package import Domain
package import FoundationEssentials
package import Persistence

/// Replaces the whole register with the contents of the insurer's files.
///
/// Both files are read to their ends, sorted, and compared with the register; only when every guard
/// has agreed is anything written. A few differences are written into the register by one
/// transaction. Many, as with the first import, are no transaction for a database with customers on
/// it: then all rows go into a new generation beside the register in use, some thousand per
/// transaction, and one small update makes the new generation the register. Until then the old one
/// answers, whatever breaks. What an interrupted import has left is in nobody's way: each has a
/// number that none had before, and the next replacement sweeps the remains away (decision 0018).
///
/// A delivery of changes is always a few differences (``ImportKind``).
package struct RegisterReplacement: Sendable {
  let store: any Store
  let now: @Sendable () -> Date
  let sizes: ImportSizes
  private let lock: (any ImportLock)?
  let schema: Schema
  let pause: @Sendable (Duration) async throws -> Void
  let onReplacement: OnReplacement

  package typealias OnReplacement =
    @Sendable (any Transaction, RegisterChange, Date) throws -> Void

  /// - Parameters:
  ///   - now: the clock for the signs of life, and for how long a transaction took
  ///   - lock: tells at once whether another import is alive; without one, its silence must tell
  ///   - schema: whose indexes a first import builds when its rows are there; without it, they grow
  ///     with each row
  ///   - pause: what a rest is spent with (``ImportSizes/rest``)
  ///   - onReplacement: what else belongs into the transaction that replaces the register; it sees
  ///     the new one
  package init(
    store: any Store, now: @escaping @Sendable () -> Date, sizes: ImportSizes = ImportSizes(),
    lock: (any ImportLock)? = nil, schema: Schema = Schema([]),
    pause: @escaping @Sendable (Duration) async throws -> Void = {
      try await ContinuousClock().sleep(for: $0)
    },
    onReplacement: @escaping OnReplacement = { _, _, _ in }
  ) {
    self.store = store
    self.now = now
    self.sizes = sizes
    self.lock = lock
    self.schema = schema
    self.pause = pause
    self.onReplacement = onReplacement
  }

  /// Whether there is a register at all.
  package func hasHappened() async throws -> Bool {
    try await store.read { try $0.imports.hasReplacedRegister() }
  }

  /// Where the rows go that were rejected.
  package struct Rejected: Sendable {
    package let customers: RejectedRows<CustomerRow>
    package let policies: RejectedRows<PolicyRow>

    package init(customers: RejectedRows<CustomerRow>, policies: RejectedRows<PolicyRow>) {
      self.customers = customers
      self.policies = policies
    }
  }

  /// Imports two files, which are read once, both at a time, and never held as a whole.
  ///
  /// - Parameters:
  ///   - customers: the bytes of `customers.csv`, such as ``FileChunks``
  ///   - policies: the bytes of `policies.csv`
  ///   - onProgress: called after each chunk and each batch, for both files by turns
  /// - Returns: the result; a refusal is one too.
  /// - Throws: what the files or the store throw. The register is then the old one.
  package func run<Customers: AsyncSequence & Sendable, Policies: AsyncSequence & Sendable>(
    customers: Customers, policies: Policies, options: ImportOptions = ImportOptions(),
    rejected: Rejected? = nil,
    onProgress: @escaping @Sendable (ImportProgress) async -> Void = { _ in }
  ) async throws -> ImportReport
  where Customers.Element == [UInt8], Policies.Element == [UInt8] {
    var report = ImportReport(options)
    if let lock, try await !lock.acquire() {
      report.outcome = .refused(.anotherImport(lastSeenAt: nil))
      return report
    }
    switch try await claim() {
    case .held(let lastSeenAt):
      report.outcome = .refused(.anotherImport(lastSeenAt: lastSeenAt))
    case .claimed(let generations):
      let signs = SignsOfLife(generations, store: store, now: now)
      let onProgress: @Sendable (ImportProgress) async throws -> Void = { progress in
        await onProgress(progress)
        try await signs.give()
      }
      let customers = FileReading<CustomerRow>(
        customers, options, sizes, rejectedRows: rejected?.customers, onProgress: onProgress)
      let policies = FileReading<PolicyRow>(
        policies, options, sizes, rejectedRows: rejected?.policies, onProgress: onProgress)
      do {
        if let refusal = options.kind.refusal(after: generations) {
          report.outcome = .refused(refusal)
          try await close(generations, report, options)
          return report
        }
        async let readCustomers = customers.read()
        async let readPolicies = policies.read()
        try await take(
          readCustomers, readPolicies, generations, options, &report, onProgress)
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
  typealias OnProgress = @Sendable (ImportProgress) async throws -> Void

  /// What the files differ in from the register.
  struct Comparison: Sendable {
    let customers: RowComparison<CustomerRow>
    let policies: RowComparison<PolicyRow>
    /// The lines of policies whose customer is unknown.
    let orphans: LineSet
  }

  private func claim() async throws -> GenerationClaim {
    let (moment, isAlone) = (now(), lock != nil)
    return try await store.write { try $0.imports.claim(at: moment, isAlone: isAlone) }
  }

  private func take(
    _ customers: ReadFile<CustomerRow>, _ policies: ReadFile<PolicyRow>,
    _ generations: Generations, _ options: ImportOptions, _ report: inout ImportReport,
    _ onProgress: OnProgress
  ) async throws {
    report.customers = customers.report
    report.policies = policies.report
    if let refusal = Self.refusal(of: customers, policies) {
      report.outcome = .refused(refusal)
      return try await close(generations, report, options)
    }
    if let outcome = try await outcome(ofPassed: options.kind, generations, report) {
      report.outcome = outcome
      return try await close(generations, report, options)
    }

    let isWritten = isWrittenAtOnce(report, generations, options)
    if isWritten { try await dropIndexes(under: generations) }
    let comparison =
      options.kind.isDelivery
      ? try await compareDelivery(customers, policies, generations, onProgress)
      : try await compare(customers, policies, generations, isWritten: isWritten, onProgress)
    report.customers = comparison.customers.report
    report.policies = comparison.policies.report
    judge(comparison, options, &report)
    if report.refusal != nil || options.isDryRun {
      if isWritten { try await sweep(keeping: generations.present, under: generations) }
      return try await close(generations, report, options)
    }

    report.outcome = .replaced
    if comparison.isHeld, !isWritten {
      try await buildIndexes(under: generations)
      try await apply(comparison, generations, report, options)
    } else {
      if !isWritten {
        try await dropIndexes(under: generations)
        try await write(
          customers, policies, without: comparison.orphans, into: generations, onProgress)
      }
      try await buildIndexes(under: generations)
      try await use(comparison, generations, report, options)
    }
    // The new register is in use; failing to sweep now is no failure of the import.
    do {
      try await sweepAfter(generations)
    } catch {
      report.hasLeftovers = true
      await giveUp(generations)
    }
  }

  /// Whether guards or limits object to what the files differ in from the register.
  private func judge(
    _ comparison: Comparison, _ options: ImportOptions, _ report: inout ImportReport
  ) {
    let findings = options.guards.findings(in: report)
    report.overridden = findings.filter { options.forced.contains($0.name) }
    let standing = findings.filter { !options.forced.contains($0.name) }
    if !standing.isEmpty {
      report.outcome = .refused(.guarded(standing))
    } else if options.kind.isDelivery, !comparison.isHeld {
      report.outcome = .refused(.tooManyChanges(sizes.rowsInPlace))
    }
  }

  private static func refusal(
    of customers: ReadFile<CustomerRow>, _ policies: ReadFile<PolicyRow>
  ) -> ImportRefusal? {
    if !customers.isUsable, let reject = customers.report.rejects.first {
      return .unusableFile(reject)
    }
    if !policies.isUsable, let reject = policies.report.rejects.first {
      return .unusableFile(reject)
    }
    return (customers.tear ?? policies.tear).map { .tornFile($0) }
  }

  /// Whether the rows are written while they are compared: with nothing, because there is no
  /// register yet. If a guard then objects they are deleted again, so not if one objects already.
  private func isWrittenAtOnce(
    _ report: ImportReport, _ generations: Generations, _ options: ImportOptions
  ) -> Bool {
    let isLarge = max(report.customers.lines, report.policies.lines) > sizes.rowsInPlace
    return generations.isFirst && isLarge && !options.isDryRun && !options.kind.isDelivery
      && options.guards.findings(in: report).allSatisfy { options.forced.contains($0.name) }
  }

  private func compare(
    _ customers: ReadFile<CustomerRow>, _ policies: ReadFile<PolicyRow>,
    _ generations: Generations, isWritten: Bool, _ onProgress: OnProgress
  ) async throws -> Comparison {
    var customerRows = try ComparedRows(
      customers, finding: Orphans(policies.owners), besideThoseOf: generations.present, in: store,
      sizes)
    try await exhaust(&customerRows, into: isWritten ? generations : nil, onProgress)
    let orphans = customerRows.orphans?.lines ?? LineSet()
    var policyRows = try ComparedRows(
      policies, without: orphans, besideThoseOf: generations.present, in: store, sizes)
    try await exhaust(&policyRows, into: isWritten ? generations : nil, onProgress)
    return Comparison(
      customers: customerRows.comparison, policies: policyRows.comparison, orphans: orphans)
  }

  /// Compares all rows, and writes them if they are to be written at once.
  private func exhaust<Row: StoredRow>(
    _ rows: inout ComparedRows<Row>, into generations: Generations?, _ onProgress: OnProgress
  ) async throws {
    if let generations {
      return try await write(&rows, as: Row.self, into: generations, onProgress)
    }
    var count = 0
    while try await rows.next() != nil {
      count += 1
      guard count.isMultiple(of: sizes.rowsPerBatch) else { continue }
      try Task.checkCancellation()
      try await onProgress(ImportProgress(stage: .comparing, file: Row.file, lines: count))
    }
  }
}
