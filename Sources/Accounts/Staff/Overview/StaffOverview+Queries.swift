internal import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// What the overviews count.
struct StaffOverviewQueries: TransactionPart {
  let transaction: any Transaction

  /// Messages that came to no good end since then.
  func troubles(since instant: Date, atMost count: Int) throws -> [OutboxOperations.Entry] {
    try transaction.messages.entries(
      where:
        "created_at > \(instant) AND state IN ('failed', 'undeliverable', 'expired')",
      atMost: count)
  }

  func imports(atMost count: Int) throws -> [StaffOverview.RegisterImport] {
    try rows(
      """
      SELECT imported_at, person, is_replaced, forced, refusal FROM register_import
      ORDER BY number DESC
      LIMIT \(count)
      """
    ).map { row in
      StaffOverview.RegisterImport(
        at: try row.value("imported_at"), person: try row.optional("person") ?? "",
        isReplaced: try row.value("is_replaced"), forced: try row.value("forced"),
        refusal: try row.optional("refusal") ?? "")
    }
  }

  /// Limits that somebody unknown has met, by kind.
  func limits(since instant: Date) throws -> [StaffOverview.LimitHit] {
    try rows(
      """
      SELECT kind, CAST(SUM(times) AS BIGINT) AS hits FROM anonymous_event
      WHERE window_start >= \(instant) AND kind LIKE '%limit'
      GROUP BY kind
      ORDER BY kind
      """
    ).compactMap { row in
      guard let kind = AuditEvent.Kind(rawValue: try row.value("kind")) else { return nil }
      return StaffOverview.LimitHit(what: kind.sentence, times: try row.value("hits"))
    }
  }

  // MARK: The funnel

  func begun(from start: Date, to end: Date) throws -> Int {
    try row(
      """
      SELECT COUNT(*) AS number FROM registration
      WHERE started_at >= \(start) AND started_at < \(end)
      """)?.value("number") ?? 0
  }

  /// Registrations, or accounts, that something happened to.
  func reached(_ kind: AuditEvent.Kind, from start: Date, to end: Date) throws -> Int {
    // The kinds are spelled out, as in the index made for them.
    let kinds = Query(stringLiteral: Schema.ofFunnel)
    return try row(
      """
      SELECT COUNT(DISTINCT COALESCE(registration_id, account_id)) AS number FROM audit_event
      WHERE kind IN (\(kinds)) AND at >= \(start) AND at < \(end) AND kind = \(kind.rawValue)
      """)?.value("number") ?? 0
  }

  /// Why identifications failed, by reason.
  func mismatches(from start: Date, to end: Date) throws -> [(String, Int)] {
    let kinds = Query(stringLiteral: Schema.ofFunnel)
    return try rows(
      """
      SELECT detail, COUNT(*) AS number FROM audit_event
      WHERE kind IN (\(kinds)) AND at >= \(start) AND at < \(end) AND kind = 'mismatch'
      GROUP BY detail
      ORDER BY detail
      """
    ).map { (try $0.optional("detail") ?? "", try $0.value("number")) }
  }

  /// What staff looked at and did as staff, the newest first.
  func staffTrail(atMost count: Int) throws -> [CaseMaterial.Event] {
    let kinds = Query(stringLiteral: Schema.byStaff)
    return try rows(
      """
      SELECT id, at, kind, detail, registration_id FROM audit_event
      WHERE kind IN (\(kinds))
      ORDER BY id DESC
      LIMIT \(count)
      """
    ).compactMap { try CaseMaterial.Event(row: $0) }
  }
}
