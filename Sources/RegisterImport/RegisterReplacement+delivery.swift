internal import Domain
internal import Persistence

/// A delivery of changes: each is applied once and in order, and what it does not mention stays.
extension RegisterReplacement {
  func compareDelivery(
    _ customers: ReadFile<CustomerRow>, _ policies: ReadFile<PolicyRow>,
    _ generations: Generations, _ onProgress: OnProgress
  ) async throws -> Comparison {
    let present = generations.present
    var customerRows = try await RowComparison<CustomerRow>(
      store: store, generation: present, sizes: sizes
    ).runDelivery(
      customers, without: LineSet(),
      onProgress: { lines in
        try await onProgress(ImportProgress(stage: .comparing, file: .customers, lines: lines))
      })
    let orphans = try await orphans(policies, after: customers, in: present)
    var policyRows = try await RowComparison<PolicyRow>(
      store: store, generation: present, sizes: sizes
    ).runDelivery(
      policies, without: orphans,
      onProgress: { lines in
        try await onProgress(ImportProgress(stage: .comparing, file: .policies, lines: lines))
      })
    try await removePolicies(of: customerRows, from: &policyRows, in: present)
    (customerRows.report.standing, policyRows.report.standing) = try await store.read {
      (
        try $0.imports.standing(of: present, from: .customers),
        try $0.imports.standing(of: present, from: .policies)
      )
    }
    return Comparison(customers: customerRows, policies: policyRows, orphans: orphans)
  }

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
      while batch.count < 512, let owner = try owners.next() { batch.append(owner) }
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
    of customers: RowComparison<CustomerRow>.Result,
    from policies: inout RowComparison<PolicyRow>.Result, in generation: Int64
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

extension RowComparison.Result {
  /// The numbers that go; nil if the differences are too many to be held.
  var removals: [String]? {
    changes?.compactMap { change in
      if case .removal(let key) = change { key } else { nil }
    }
  }
}
