internal import Domain
internal import FoundationEssentials
internal import Persistence

extension Transaction {
  /// Asks once: who asks again while it is open has asked already.
  ///
  /// - Returns: whether it was this call that did.
  func ask(_ kind: DataRights.Kind, of account: Int64, at now: Date) throws -> Bool {
    try execute(
      """
      INSERT INTO data_request (account_id, kind, asked_at)
      VALUES (\(account), \(kind.rawValue), \(now))
      ON CONFLICT (account_id, kind) WHERE done_at IS NULL DO NOTHING
      """) == 1
  }

  func openDataRequests(of account: Int64) throws -> [(kind: DataRights.Kind, askedAt: Date)] {
    try rows(
      """
      SELECT kind, asked_at FROM data_request
      WHERE account_id = \(account) AND done_at IS NULL
      ORDER BY id
      """
    ).compactMap { row in
      guard let kind = DataRights.Kind(rawValue: try row.value("kind")) else { return nil }
      return (kind, try row.value("asked_at"))
    }
  }

  func openDataRequests(atMost count: Int) throws -> [DataRights.OpenRequest] {
    try rows(
      """
      SELECT data_request.id, data_request.kind, data_request.asked_at,
             COALESCE(account.former_customer_number, account.customer_number) AS number
      FROM data_request JOIN account ON account.id = data_request.account_id
      WHERE data_request.done_at IS NULL
      ORDER BY data_request.id
      LIMIT \(count)
      """
    ).compactMap { row in
      guard let kind = DataRights.Kind(rawValue: try row.value("kind")) else { return nil }
      return DataRights.OpenRequest(
        id: try row.value("id"), kind: kind, customer: try row.value("number"),
        askedAt: try row.value("asked_at"))
    }
  }

  /// - Returns: the account whose request it was; `nil` when there is no such open request.
  func finishDataRequest(_ id: Int64, at now: Date) throws -> Int64? {
    try row(
      """
      UPDATE data_request SET done_at = \(now) WHERE id = \(id) AND done_at IS NULL
      RETURNING account_id
      """)?.value("account_id")
  }

  func deleteDataRequests(doneBefore cutoff: Date, atMost count: Int) throws -> Int {
    try execute(
      """
      DELETE FROM data_request
      WHERE id IN (
        SELECT id FROM data_request
        WHERE done_at < \(cutoff)
        ORDER BY done_at
        LIMIT \(count)
      )
      """)
  }
}
