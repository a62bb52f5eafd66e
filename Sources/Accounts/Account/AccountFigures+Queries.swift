internal import Persistence

extension Transaction {
  var accountFigures: AccountFiguresQueries { AccountFiguresQueries(transaction: self) }
}

/// Counts of whole tables.
struct AccountFiguresQueries: TransactionPart {
  let transaction: any Transaction

  func accounts() throws -> [AccountFigures.State: Int] {
    let rows = try rows(
      """
      SELECT CASE
          WHEN account.closed_at IS NOT NULL THEN 'closed'
          WHEN account_lock.id IS NOT NULL THEN 'locked'
          WHEN account.email_confirmed_at IS NULL THEN 'unconfirmed'
          ELSE 'confirmed'
        END AS state, COUNT(*) AS accounts
      FROM account
      LEFT JOIN account_lock
        ON account_lock.account_id = account.id AND account_lock.ended_at IS NULL
      GROUP BY 1
      """)
    var counts = Dictionary(uniqueKeysWithValues: AccountFigures.State.allCases.map { ($0, 0) })
    for row in rows {
      let word: String = try row.value("state")
      if let state = AccountFigures.State(rawValue: word) {
        counts[state] = try row.value("accounts", as: Int.self)
      }
    }
    return counts
  }

  func disabledSMSSteps() throws -> Int {
    try row("SELECT COUNT(*) AS steps FROM sms_step WHERE disabled_at IS NOT NULL")?
      .value("steps", as: Int.self) ?? 0
  }

  func registeredCustomers() throws -> Int {
    try row(
      """
      SELECT COUNT(*) AS customers FROM register_customer
      WHERE generation = \(Query.registerInUse)
      """)?
      .value("customers", as: Int.self) ?? 0
  }
}
