internal import Domain
internal import FoundationEssentials
internal import Persistence

/// How rows come into the register: a few differences into the one in use, or all into a fresh one
/// that is put into use afterwards.
extension RegisterReplacement {
  /// Writes the differences into the register in use.
  func apply(
    _ comparison: Comparison, _ generations: Generations, _ report: ImportReport,
    _ options: ImportOptions
  ) async throws {
    let (customers, policies) = (comparison.customers, comparison.policies)
    let present = generations.present
    let change = options.kind.change(by: comparison)
    try await replace(generations, by: present, change, report, options) { transaction in
      try transaction.imports.apply(customers.changes ?? [], to: CustomerRow.self, in: present)
      try transaction.imports.apply(policies.changes ?? [], to: PolicyRow.self, in: present)
      switch change {
      case .whole: try transaction.imports.settleAll(in: present)
      case .delivery:
        try transaction.imports.settle(customers.settled, CustomerRow.self, in: present)
        try transaction.imports.settle(policies.settled, PolicyRow.self, in: present)
      }
      try transaction.imports.contest(comparison, in: present)
    }
  }

  /// Puts the fresh register into use.
  func use(
    _ comparison: Comparison, _ generations: Generations, _ report: ImportReport,
    _ options: ImportOptions
  ) async throws {
    try await replace(generations, by: generations.fresh, .whole, report, options) {
      try $0.imports.contest(comparison, in: generations.fresh)
    }
  }

  /// Writes rows that were compared before, in a second pass.
  func write(
    _ customers: ReadFile<CustomerRow>, _ policies: ReadFile<PolicyRow>, without orphans: LineSet,
    into generations: Generations, _ onProgress: OnProgress
  ) async throws {
    var customerRows = try AcceptedRecords(customers.records, without: LineSet())
    try await write(&customerRows, as: CustomerRow.self, into: generations, onProgress)
    var policyRows = try AcceptedRecords(policies.records, without: orphans)
    try await write(&policyRows, as: PolicyRow.self, into: generations, onProgress)
  }

  func write<Row: StoredRow>(
    _ records: inout some OrderedRecords, as type: Row.Type,
    into generations: Generations, _ onProgress: OnProgress
  ) async throws {
    let size = max(1, generations.isFirst ? sizes.rowsPerFirstBatch : sizes.rowsPerBatch)
    var (next, lines) = (PackedRecords<Row>(of: generations.fresh), 0)
    try await next.fill(upTo: size, from: &records)
    while next.count > 0 {
      // A signal is obeyed before the next batch, whatever the store makes of it.
      try Task.checkCancellation()
      let batch = next
      // The batch after it is gathered meanwhile.
      async let writing: Void = write(batch, under: generations)
      next = PackedRecords(of: generations.fresh)
      try await next.fill(upTo: size, from: &records)
      try await writing
      lines += batch.count
      if batch.count < size { continue }
      try await onProgress(ImportProgress(stage: .writing, file: Row.file, lines: lines))
    }
  }

  private func write<Row: StoredRow>(
    _ batch: PackedRecords<Row>, under generations: Generations
  ) async throws {
    try await writeAndRest(answering: generations.present, under: generations) {
      try $0.imports.insert(batch)
    }
  }

  /// One transaction of many: customers get a turn before the next, for a third of the time that it
  /// took at least. Before there is a register at all nobody waits for a turn.
  ///
  /// - Parameter generation: the register that must be the one in use
  func writeAndRest<Result: Sendable>(
    answering generation: Int64, under generations: Generations,
    _ work: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    let began = now()
    let result = try await store.write { transaction in
      try transaction.imports.keepClaim(generations, answering: generation, at: began)
      return try work(transaction)
    }
    let isWaitedFor = !generations.isFirst || generation != generations.present
    if isWaitedFor { try await pause(rest(after: now().timeIntervalSince(began))) }
    return result
  }

  private func rest(after seconds: Double) -> Duration {
    // Where nobody waits for another one's rows, there is no rest however long it took.
    if sizes.rest == .zero { return .zero }
    // The clock of the machine may have been set in between.
    return max(sizes.rest, min(Duration.seconds(seconds / 3), ImportLimits.longestRest))
  }

  private func replace(
    _ generations: Generations, by generation: Int64, _ change: RegisterChange,
    _ report: ImportReport, _ options: ImportOptions,
    _ changes: @escaping @Sendable (any Transaction) throws -> Void
  ) async throws {
    let moment = now()
    try await store.write { transaction in
      try transaction.imports.keepClaim(generations, answering: generations.present, at: moment)
      try changes(transaction)
      try transaction.imports.replaceRegister(
        generations, by: generation, delivery: options.kind.delivery, at: moment)
      try onReplacement(transaction, change, moment)
      try transaction.imports.record(report, options, at: moment)
    }
  }
}
