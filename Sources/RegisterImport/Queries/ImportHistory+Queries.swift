internal import FoundationEssentials
internal import Persistence

extension ImportQueries {
  /// Records an import that has replaced the register, or was refused.
  func record(_ report: ImportReport, _ options: ImportOptions, at now: Date) throws {
    let forced = Set(report.overridden.map(\.name.rawValue)).sorted().joined(separator: " ")
    try perform(
      """
      INSERT INTO register_import
        (imported_at, person, is_replaced, delivery, customers_hash, policies_hash, counts, forced,
         reason, refusal)
      VALUES (\(now), \(options.person), \(report.isReplaced), \(options.kind.delivery),
              \(report.customers.hash), \(report.policies.hash), \(try report.counts), \(forced),
              \(options.reason), \(report.refusal?.sentence))
      """)
  }

  /// The last imports, the newest first.
  func history(limit: Int) throws -> [ImportRecord] {
    try rows(
      """
      SELECT number, imported_at, person, is_replaced, delivery, customers_hash, policies_hash,
             counts, forced, reason, refusal
      FROM register_import
      ORDER BY number DESC
      LIMIT \(limit)
      """
    ).map { row in
      ImportRecord(
        number: try row.value("number"), importedAt: try row.value("imported_at"),
        person: try row.optional("person"), isReplaced: try row.value("is_replaced"),
        delivery: try row.optional("delivery"),
        customersHash: try row.value("customers_hash"),
        policiesHash: try row.value("policies_hash"), counts: try row.value("counts"),
        forced: try row.value("forced"), reason: try row.optional("reason"),
        refusal: try row.optional("refusal"))
    }
  }
}
