internal import Domain
internal import FoundationEssentials
internal import Persistence

extension Transaction {
  var dataRequests: DataRequestQueries { DataRequestQueries(transaction: self) }
}

/// Customers' requests about their data.
struct DataRequestQueries: TransactionPart {
  let transaction: any Transaction

  /// Makes a request once: asking again while it is open changes nothing.
  ///
  /// - Returns: whether this call made it.
  func ask(_ kind: DataRights.Kind, of account: Account.ID, at now: Date) throws -> Bool {
    try execute(
      """
      INSERT INTO data_request (account_id, kind, asked_at)
      VALUES (\(account), \(kind.rawValue), \(now))
      ON CONFLICT (account_id, kind) WHERE done_at IS NULL DO NOTHING
      """) == 1
  }

  func open(
    of account: Account.ID
  ) throws -> [(id: DataRights.Request.ID, kind: DataRights.Kind, askedAt: Date)] {
    try rows(
      """
      SELECT id, kind, asked_at FROM data_request
      WHERE account_id = \(account) AND done_at IS NULL
      ORDER BY id
      """
    ).compactMap { row in
      guard let kind = DataRights.Kind(rawValue: try row.value("kind")) else { return nil }
      return (try row.value("id"), kind, try row.value("asked_at"))
    }
  }

  func open(atMost count: Int) throws -> [DataRights.OpenRequest] {
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

  /// Whose open request it is.
  func customer(of id: DataRights.Request.ID) throws -> String? {
    try row(
      """
      SELECT COALESCE(account.former_customer_number, account.customer_number) AS number
      FROM data_request JOIN account ON account.id = data_request.account_id
      WHERE data_request.id = \(id) AND data_request.done_at IS NULL
      """)?.value("number")
  }

  /// What is asked for by an open request.
  func kind(of id: DataRights.Request.ID) throws -> DataRights.Kind? {
    try row("SELECT kind FROM data_request WHERE id = \(id) AND done_at IS NULL")
      .flatMap { DataRights.Kind(rawValue: try $0.value("kind")) }
  }

  /// - Returns: the account whose request it was; `nil` when there is no such open request.
  func finish(
    _ id: DataRights.Request.ID, at now: Date
  ) throws -> Account.ID? {
    try row(
      """
      UPDATE data_request SET done_at = \(now) WHERE id = \(id) AND done_at IS NULL
      RETURNING account_id
      """)?.value("account_id")
  }

  func delete(doneBefore cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(of: "data_request", by: "done_at", before: cutoff, atMost: count)
  }
}
