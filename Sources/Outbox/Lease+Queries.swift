internal import Domain
internal import FoundationEssentials
internal import Persistence

// What a dispatcher does with the queue.
extension MessageQueries {
  /// What waits in a channel.
  func work(in channel: Message.Channel, at now: Date) throws -> Work {
    let notices = Message.Kind.priorityOfNotices
    // In index order, and one row: engines otherwise read the whole queue to learn that it is not
    // empty.
    let row = try row(
      """
      SELECT
        CASE WHEN (
          SELECT id FROM message
          WHERE channel = \(channel) AND state IN ('queued', 'leased') AND next_try_at <= \(now)
            AND priority < \(notices)
          ORDER BY priority, next_try_at, id LIMIT 1
        ) IS NULL THEN 0 ELSE 1 END AS has_codes,
        CASE WHEN (
          SELECT id FROM message
          WHERE channel = \(channel) AND state IN ('queued', 'leased') AND next_try_at <= \(now)
            AND priority = \(notices)
          ORDER BY next_try_at, id LIMIT 1
        ) IS NULL THEN 0 ELSE 1 END AS has_notices,
        CASE WHEN (
          SELECT id FROM message
          WHERE channel = \(channel) AND state IN ('queued', 'leased') AND not_after <= \(now)
            AND (state = 'queued' OR next_try_at <= \(now))
          ORDER BY not_after LIMIT 1
        ) IS NULL THEN 0 ELSE 1 END AS is_past_use
      """)
    return Work(
      hasCodes: try row?.value("has_codes") ?? false,
      hasNotices: try row?.value("has_notices") ?? false,
      isPastUse: try row?.value("is_past_use") ?? false)
  }

  /// Marks what has expired, so that no stale secret is sent (P8).
  ///
  /// - Returns: their kinds, one for each.
  func expire(in channel: Message.Channel, at now: Date) throws -> [Message.Kind] {
    // Materialized, as in all statements that claim rows: PostgreSQL may look into a subquery again
    // for each row, and past its limit when the rows that it has just changed are skipped.
    try rows(
      """
      WITH past AS MATERIALIZED (
        SELECT id FROM message
        WHERE channel = \(channel) AND state IN ('queued', 'leased') AND not_after <= \(now)
          AND (state = 'queued' OR next_try_at <= \(now))
        ORDER BY not_after
        LIMIT \(DispatchLimits.expiring)
        \(Query.Differing.skippingRowLock)
      )
      UPDATE message
      SET state = 'expired', lease_token = NULL, body = \(bodyWithoutSecret)
      WHERE id IN (SELECT id FROM past)
      RETURNING kind
      """
    ).map { try $0.value("kind") }
  }

  /// Takes due codes and due notices for one dispatcher, most urgent first, in one statement.
  ///
  /// A lease that ran out is taken over; nobody knows what became of its message. If the message
  /// crashed its dispatcher, it would take those tried beside it down too: so only one doubtful
  /// message is taken at a time.
  func lease(
    in channel: Message.Channel, for room: Room, includingDoubtful: Bool, token: [UInt8],
    at now: Date
  ) throws -> [Lease] {
    let notices = Message.Kind.priorityOfNotices
    let until = now.addingTimeInterval(Double(DispatchLimits.leaseSeconds))
    func claimed(_ isUrgent: Query, atMost count: Int) -> Query {
      """
      AS MATERIALIZED (
        SELECT id, priority, next_try_at FROM message
        WHERE channel = \(channel) AND state IN ('queued', 'leased') AND next_try_at <= \(now)
          AND \(isUrgent) AND (
            (state = 'queued' AND unknowns = 0)
            OR (\(includingDoubtful) = 1 AND id = (
              SELECT doubtful.id FROM message AS doubtful
              WHERE doubtful.channel = \(channel) AND doubtful.next_try_at <= \(now)
                AND (
                  doubtful.state = 'leased'
                  OR (doubtful.state = 'queued' AND doubtful.unknowns > 0)
                )
              ORDER BY doubtful.next_try_at, doubtful.id
              LIMIT 1
            ))
          )
        ORDER BY priority, next_try_at, id
        LIMIT \(count)
        \(Query.Differing.skippingRowLock)
      )
      """
    }
    let rows = try rows(
      """
      WITH code \(claimed("priority < \(notices)", atMost: room.codes)),
      notice \(claimed("priority = \(notices)", atMost: room.notices)),
      due AS MATERIALIZED (
        SELECT id FROM (
          SELECT id, priority, next_try_at FROM code
          UNION ALL
          SELECT id, priority, next_try_at FROM notice
        ) AS claimed
        ORDER BY priority, next_try_at, id
        LIMIT \(room.inAll)
      )
      UPDATE message
      SET state = 'leased', lease_token = \(token), next_try_at = \(until), tries = tries + 1,
          unknowns = unknowns + CASE state WHEN 'leased' THEN 1 ELSE 0 END
      WHERE id IN (SELECT id FROM due)
      RETURNING id, key, kind, recipient, language, subject, body, not_after, tries, unknowns,
        priority, contract_version, customer_number
      """)
    return try rows.map { row in
      (try row.value("priority", as: Int.self), try Lease(row: row, token: token, until: until))
    }
    .sorted { ($0.0, $0.1.id) < ($1.0, $1.1.id) }
    .map(\.1)
  }

  // MARK: Records

  // Each works only for the holder of the lease: a dispatcher that was paused and lost a message
  // cannot overwrite what has become of it since.

  /// Records that a gateway has taken messages of one lease, and deletes their texts. A report may
  /// have come earlier.
  func recordSent(_ ids: [Message.ID], by gateway: String, token: [UInt8], at now: Date) throws {
    guard !ids.isEmpty else { return }
    let list = Query.joined(ids.map { "\($0)" }, separator: ", ")
    try perform(
      """
      UPDATE message
      SET state = COALESCE(receipt, 'sent'), body = NULL, sent_at = \(now), gateway = \(gateway),
          lease_token = NULL, problem = NULL
      WHERE lease_token = \(token) AND id IN (\(list))
      """)
  }

  /// Records that there will be another try, unless a report says that it arrived meanwhile.
  func recordRetry(
    _ lease: Lease, at next: Date, problem: String, unknowns: Int
  ) throws {
    try perform(
      """
      UPDATE message
      SET state = COALESCE(receipt, 'queued'),
          body = CASE WHEN receipt IS NULL THEN body END,
          next_try_at = CASE WHEN not_after < \(next) THEN not_after ELSE \(next) END,
          lease_token = NULL, problem = \(problem), unknowns = \(unknowns)
      WHERE id = \(lease.id) AND lease_token = \(lease.token)
      """)
  }

  /// Makes due whatever was certainly not taken and is waiting for another try.
  func bringForward(in channel: Message.Channel, to now: Date) throws {
    // Both conditions on the state: the first matches the index.
    try perform(
      """
      UPDATE message SET next_try_at = \(now)
      WHERE channel = \(channel) AND state IN ('queued', 'leased') AND state = 'queued'
        AND next_try_at > \(now) AND tries > 0 AND unknowns = 0
      """)
  }

  /// Puts a message back as if it had never been taken.
  func giveBack(_ lease: Lease, at now: Date) throws {
    try perform(
      """
      UPDATE message
      SET state = 'queued', next_try_at = \(now), tries = tries - 1, lease_token = NULL
      WHERE id = \(lease.id) AND lease_token = \(lease.token)
      """)
  }

  /// Records that whom it concerns may not get it any more, and deletes its text: nobody can have
  /// it sent after all.
  func recordWithdrawal(of lease: Lease) throws {
    try perform(
      """
      UPDATE message
      SET state = COALESCE(receipt, 'cancelled'), lease_token = NULL, body = NULL
      WHERE id = \(lease.id) AND lease_token = \(lease.token)
      """)
  }

  /// Records the end of a message that was not sent.
  func recordEnd(
    _ state: Message.State, of lease: Lease, problem: String?, unknowns: Int
  ) throws {
    try perform(
      """
      UPDATE message
      SET state = COALESCE(receipt, \(state)), lease_token = NULL, problem = \(problem),
          unknowns = \(unknowns), body = \(bodyWithoutSecret)
      WHERE id = \(lease.id) AND lease_token = \(lease.token)
      """)
  }
}

/// The text, unless it contains a secret. A notice keeps its text until it is sent, so that an
/// operator can still have it sent.
let bodyWithoutSecret: Query = {
  let kinds = Message.Kind.allCases.filter(\.holdsSecret).map { kind -> Query in "\(kind)" }
  return "CASE WHEN kind IN (\(Query.joined(kinds, separator: ", "))) THEN NULL ELSE body END"
}()

extension Lease {
  fileprivate init(row: ResultRow, token: [UInt8], until: Date) throws {
    // An erased customer's pseudonym is no number.
    let customer: String = try row.value("customer_number")
    self.init(
      delivery: Gateway.Delivery(
        id: try row.value("id"), key: try row.value("key"), kind: try row.value("kind"),
        recipient: try row.value("recipient"), language: try row.value("language"),
        subject: try row.value("subject"), text: try row.value("body"),
        notAfter: try row.value("not_after"),
        contractVersion: try row.optional("contract_version")),
      customer: try? CustomerNumber(customer),
      token: token, until: until, tries: try row.value("tries"),
      unknowns: try row.value("unknowns"))
  }
}
