internal import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence
internal import Wording

/// What the overviews count.
struct StaffOverviewQueries: TransactionPart {
  let transaction: any Transaction

  /// Messages that came to no good end since then, or that a gateway in trouble keeps back.
  func troubles(since instant: Date, atMost count: Int) throws -> [OutboxOperations.Entry] {
    try transaction.messages.entries(
      where:
        """
        created_at > \(instant)
          AND (state IN ('failed', 'undeliverable', 'expired')
               OR state IN ('queued', 'leased') AND problem IS NOT NULL)
        """,
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

  /// Limits that were met, by kind: those of networks, numbers and staff are counted, those of a
  /// customer stand in the trail, once an hour.
  func limits(since instant: Date) throws -> [StaffOverview.LimitHit] {
    // The kinds are spelled out, as in the index made for them.
    let kinds = Query(stringLiteral: Schema.ofLimits)
    return try rows(
      """
      SELECT kind, CAST(SUM(times) AS BIGINT) AS hits FROM (
        SELECT kind, times FROM anonymous_event
        WHERE window_start >= \(instant)
          AND (kind LIKE '%limit' OR kind IN ('staff_searched', 'case_opened'))
        UNION ALL
        SELECT kind, 1 AS times FROM audit_event
        WHERE kind IN (\(kinds)) AND at >= \(instant)
      ) AS met
      GROUP BY kind
      ORDER BY kind
      """
    ).compactMap { row in
      guard let kind = AuditEvent.Kind(rawValue: try row.value("kind")) else { return nil }
      // What staff do is counted only where it was too much.
      let what: TextKey =
        switch kind {
        case .staffSearched: "overview.searchLimit"
        case .caseOpened: "overview.openingLimit"
        default: kind.sentence
        }
      return StaffOverview.LimitHit(what: what, times: try row.value("hits"))
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
