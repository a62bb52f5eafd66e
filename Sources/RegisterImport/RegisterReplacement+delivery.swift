internal import Domain
internal import Persistence

/// A delivery of changes: each is applied once and in order, and what it does not mention stays.
extension RegisterReplacement {
  func compareDelivery(
    _ customers: ReadFile<CustomerRow>, _ policies: ReadFile<PolicyRow>,
    _ generations: Generations, _ onProgress: OnProgress
  ) async throws -> Comparison {
    let present = generations.present
    var customerRows = try await lookedUp(customers, without: LineSet(), in: present, onProgress)
    let orphans = try await orphans(policies, after: customers, in: present)
    var policyRows = try await lookedUp(policies, without: orphans, in: present, onProgress)
    try await removePolicies(of: customerRows, from: &policyRows, in: present)
    (customerRows.report.standing, policyRows.report.standing) = try await store.read {
      (
        try $0.imports.standing(of: present, from: .customers),
        try $0.imports.standing(of: present, from: .policies)
      )
    }
    return Comparison(customers: customerRows, policies: policyRows, orphans: orphans)
  }

  /// Each row of a delivery beside that of the register.
  private func lookedUp<Row: StoredRow>(
    _ file: ReadFile<Row>, without orphans: LineSet, in generation: Int64,
    _ onProgress: OnProgress
  ) async throws -> RowComparison<Row> {
    var comparison = RowComparison(of: file, sizes)
    var accepted = try AcceptedRecords(file.records, without: orphans)
    var count = 0
    while true {
      var batch: [SortedRecord] = []
      while batch.count < Self.rowsPerLookUp, let verdict = try accepted.nextVerdict() {
        switch verdict {
        case .accepted(let record): batch.append(record)
        case .refused(let record, let refusal): try comparison.reject(record, refusal)
        }
      }
      if batch.isEmpty { break }
      try Task.checkCancellation()
      let keys = batch.map(\.key)
      let present = try await PresentRows<Row>.rows(
        of: keys[...], in: store, generation: generation)
      let contested = try await store.read {
        try $0.imports.contested(among: keys, Row.self, in: generation)
      }
      for record in batch {
        try comparison.apply(
          record, over: present[record.key], wasContested: contested.contains(record.key))
      }
      count += batch.count
      try await onProgress(ImportProgress(stage: .comparing, file: Row.file, lines: count))
    }
    comparison.report.orderRejects()
    return comparison
  }

  /// As many as a statement is prepared for (``Swift/Array/pieces``).
  private static var rowsPerLookUp: Int { 512 }

  /// The lines of policies whose customer neither the register nor the delivery has.
  ///
  /// The delivery's customers pass by in order, however many they are: the differences are held
  /// only up to a number.
  private func orphans(
    _ policies: ReadFile<PolicyRow>, after customers: ReadFile<CustomerRow>, in generation: Int64
  ) async throws -> LineSet {
    var orphans = LineSet()
    var owners = try policies.owners.makeReader()
    var delivered = try AcceptedRecords(customers.records, without: LineSet())
    var customer = try delivered.next()
    while true {
      var batch: [SortedRecord] = []
      while batch.count < Self.rowsPerLookUp, let owner = try owners.next() { batch.append(owner) }
      if batch.isEmpty { return orphans }
      let keys = Set(batch.map(\.key)).sorted()
      var known = try await store.read { try $0.imports.present(keys, in: generation) }
      for key in keys {
        while let passing = customer, passing.key < key { customer = try delivered.next() }
        guard let found = customer, found.key == key else { continue }
        switch found.operation {
        case .upsert: known.insert(key)
        case .delete: known.remove(key)
        }
      }
      for owner in batch where !known.contains(owner.key) { orphans.insert(owner.line) }
    }
  }

  /// A customer's policies go with the customer, unless the delivery gives them to somebody.
  private func removePolicies(
    of customers: RowComparison<CustomerRow>, from policies: inout RowComparison<PolicyRow>,
    in generation: Int64
  ) async throws {
    // Too many changes of either file are refused, whatever is counted here.
    guard let gone = customers.removals, !gone.isEmpty, let changes = policies.changes else {
      return
    }
    let mentioned = Set(changes.map(\.key))
    let left = try await store.read { try $0.imports.policies(of: gone, in: generation) }
      .filter { !mentioned.contains($0) }
    policies.report.removed += left.count
    let isHeld = changes.count + left.count <= sizes.rowsInPlace
    policies.changes = isHeld ? changes + left.map { .removal(key: $0) } : nil
  }

  /// What becomes of a delivery whose number has passed, now that its files have been read.
  func outcome(
    ofPassed kind: ImportKind, _ generations: Generations, _ report: ImportReport
  ) async throws -> ImportReport.Outcome? {
    guard case .changes(let delivery) = kind, let last = generations.delivery, delivery <= last
    else { return nil }
    let applied = try await store.read { try $0.imports.hashes(ofDelivery: delivery) }
    let isSame =
      applied.map { $0.customers == report.customers.hash && $0.policies == report.policies.hash }
    return isSame == true
      ? .appliedBefore : .refused(.passedDelivery(last: last, given: delivery))
  }
}

extension ImportKind {
  /// Why a delivery cannot be the next one.
  func refusal(after generations: Generations) -> ImportRefusal? {
    guard case .changes(let delivery) = self else { return nil }
    if generations.isFirst { return .noRegister }
    guard let last = generations.delivery else {
      return .missingDelivery(last: nil, given: delivery)
    }
    return delivery > last + 1 ? .missingDelivery(last: last, given: delivery) : nil
  }

  /// - Parameter comparison: one that is held
  func change(by comparison: RegisterReplacement.Comparison) -> RegisterChange {
    switch self {
    case .whole: .whole
    case .changes:
      .delivery(
        deleted: (comparison.customers.removals ?? []).compactMap { try? CustomerNumber($0) })
    }
  }
}

extension RegisterReplacement.Comparison {
  /// Whether the differences are few enough to be written by one transaction.
  var isHeld: Bool { customers.changes != nil && policies.changes != nil }
}

extension RowComparison {
  /// The numbers that go; nil if the differences are too many to be held.
  var removals: [String]? {
    changes?.compactMap { change in
      if case .removal(let key) = change { key } else { nil }
    }
  }
}
