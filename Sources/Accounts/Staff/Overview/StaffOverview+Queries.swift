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

  /// How many met each reason to stop: a registration counts once, however often it tried.
  func reasons(from start: Date, to end: Date) throws -> [Funnel.Reason: Int] {
    let found =
      try mismatches(from: start, to: end) + stops(from: start, to: end)
      + undelivered(from: start, to: end)
    return Dictionary(found, uniquingKeysWith: +)
  }

  private func mismatches(from start: Date, to end: Date) throws -> [(Funnel.Reason, Int)] {
    let kinds = Query(stringLiteral: Schema.ofFunnel)
    return try rows(
      """
      SELECT detail, COUNT(DISTINCT registration_id) AS number FROM audit_event
      WHERE kind IN (\(kinds)) AND at >= \(start) AND at < \(end) AND kind = 'mismatch'
      GROUP BY detail
      ORDER BY detail
      """
    ).compactMap { row in
      guard let reason = Mismatch(rawValue: try row.optional("detail") ?? "") else { return nil }
      return (Funnel.Reason.mismatch(reason), try row.value("number"))
    }
  }

  /// What stopped a registration later; the same happens to logins, which are no registrations.
  private func stops(from start: Date, to end: Date) throws -> [(Funnel.Reason, Int)] {
    let kinds = Query(stringLiteral: Schema.ofStops)
    return try rows(
      """
      SELECT kind, COUNT(DISTINCT registration_id) AS number FROM audit_event
      WHERE kind IN (\(kinds)) AND at >= \(start) AND at < \(end) AND registration_id IS NOT NULL
      GROUP BY kind
      ORDER BY kind
      """
    ).compactMap { row in
      guard let reason = Funnel.Reason(stop: try row.value("kind")) else { return nil }
      return (reason, try row.value("number"))
    }
  }

  /// Whose code by SMS came to no good end.
  private func undelivered(from start: Date, to end: Date) throws -> [(Funnel.Reason, Int)] {
    let found = try row(
      """
      SELECT COUNT(DISTINCT CASE WHEN state <> 'expired' THEN customer_number END) AS refused,
             COUNT(DISTINCT CASE WHEN state = 'expired' THEN customer_number END) AS late
      FROM message
      WHERE created_at >= \(start) AND created_at < \(end)
        AND kind = 'sms_code' AND state IN ('undeliverable', 'failed', 'expired')
      """)
    return [
      (.smsRefused, try found?.value("refused") ?? 0), (.smsTooLate, try found?.value("late") ?? 0),
    ]
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
