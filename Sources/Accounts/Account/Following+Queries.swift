package import Domain
package import FoundationEssentials
internal import Outbox
package import Persistence

extension Transaction {
  /// What a new register means for accounts: to be called in the import's own transaction, after
  /// the new register is in use (D 12).
  package func accountsFollowRegister(after change: RegisterChange, at now: Date) throws {
    try following.follow(change, at: now)
  }

  var following: FollowingQueries { FollowingQueries(transaction: self) }
}

/// Accounts of customers who got another number, who are missing, or who may get no messages now.
struct FollowingQueries: TransactionPart {
  let transaction: any Transaction

  private static let isInRegister: Query = """
    EXISTS (
      SELECT registered.customer_number FROM register_customer AS registered
      WHERE registered.generation = \(Query.registerInUse)
        AND registered.customer_number = account.customer_number
    )
    """

  func follow(_ change: RegisterChange, at now: Date) throws {
    try moveAll(at: now)
    try forgetAbsence()
    switch change {
    case .whole: try countAbsence()
    case .delivery(let deleted): try missAll(deleted)
    }
    try cancelMessages()
  }

  /// The same for one customer, about whom the insurer's own service was asked.
  func followOwner(of customer: CustomerNumber, at now: Date) throws {
    let isOwner: Query = "account.customer_number = \(customer.text)"
    try moveAll(where: isOwner, at: now)
    try forgetAbsence(where: isOwner)
    try countAbsence(where: isOwner)
    try cancelMessages(where: "message.customer_number = \(customer.text)")
  }

  // MARK: Renumbered

  private func moveAll(where whose: Query = "1 = 1", at now: Date) throws {
    for (account, old, new) in try renumbered(where: whose) {
      try move(account, from: old, to: new, at: now)
    }
  }

  /// Accounts whose number is gone and is the old number of exactly one customer, who has none.
  private func renumbered(
    where whose: Query
  ) throws -> [(Account.ID, CustomerNumber, CustomerNumber)] {
    let moves = try rows(
      """
      SELECT account.id, account.customer_number, MIN(old.customer_number) AS new_number
      FROM account
      JOIN register_old_number AS old
        ON old.generation = \(Query.registerInUse)
        AND old.old_number = account.customer_number
      WHERE account.closed_at IS NULL AND NOT \(Self.isInRegister) AND \(whose)
      GROUP BY account.id, account.customer_number
      HAVING COUNT(*) = 1
      ORDER BY account.id
      """
    ).map { row -> (Account.ID, CustomerNumber, CustomerNumber) in
      (try row.value("id"), try row.value("customer_number"), try row.value("new_number"))
    }
    // Two numbers became one, and each has an account: people decide which one it is.
    let targets = Dictionary(grouping: moves, by: \.2)
    return try moves.filter { move in
      guard targets[move.2]?.count == 1 else { return false }
      return try transaction.register.customer(move.2) != nil
        && transaction.accounts.account(of: move.2) == nil
    }
  }

  private func move(
    _ account: Account.ID, from old: CustomerNumber, to new: CustomerNumber, at now: Date
  ) throws {
    try perform(
      "UPDATE account SET customer_number = \(new.text), absent_imports = 0 WHERE id = \(account)")
    try perform(
      """
      INSERT INTO renumbering (account_id, old_customer_number, at)
      VALUES (\(account), \(old.text), \(now))
      ON CONFLICT (account_id, old_customer_number) DO UPDATE SET at = excluded.at
      """)
    // What counts and what is under way goes on where it was. The audit trail keeps the number
    // that the customer had.
    try perform(
      """
      UPDATE sms_step SET customer_number = \(new.text)
      WHERE customer_number = \(old.text)
        AND NOT EXISTS (
          SELECT other.customer_number FROM sms_step AS other
          WHERE other.customer_number = \(new.text)
        )
      """)
    try perform(
      "UPDATE registration SET customer_number = \(new.text) WHERE customer_number = \(old.text)")
    try perform(
      "UPDATE message SET customer_number = \(new.text) WHERE customer_number = \(old.text)")
    try perform(
      """
      UPDATE handover SET customer_number = \(new.text)
      WHERE customer_number = \(old.text) AND exported_at IS NULL
      """)
    try transaction.record(
      AuditEvent(kind: .renumbered, customer: new, account: account), at: now)
  }

  // MARK: Missing

  private func forgetAbsence(where whose: Query = "1 = 1") throws {
    try perform(
      """
      UPDATE account SET absent_imports = 0
      WHERE absent_imports > 0 AND \(Self.isInRegister) AND \(whose)
      """)
  }

  /// A customer whom the insurer has deleted by number is gone at once: no torn file says so.
  ///
  /// Whoever was missing before is not counted again, for a delivery only tells what has changed.
  private func missAll(_ deleted: [CustomerNumber]) throws {
    for customer in deleted {
      try perform(
        """
        UPDATE account SET absent_imports = \(AccountStanding.importsUntilGone)
        WHERE customer_number = \(customer.text) AND closed_at IS NULL
          AND NOT \(Self.isInRegister)
        """)
    }
  }

  private func countAbsence(where whose: Query = "1 = 1") throws {
    try perform(
      """
      UPDATE account SET absent_imports = absent_imports + 1
      WHERE closed_at IS NULL AND absent_imports < \(AccountStanding.importsUntilGone)
        AND NOT \(Self.isInRegister) AND \(whose)
      """)
  }

  // MARK: Messages

  /// Takes back what is waiting for customers who get none now.
  private func cancelMessages(where whose: Query = "1 = 1") throws {
    try cancelMessages("\(whose) AND NOT \(Self.isAnswer)", unless: \.getsMessages)
    try cancelMessages("\(whose) AND \(Self.isAnswer)", unless: \.getsAnswers)
  }

  private func cancelMessages(
    _ which: Query, unless gets: (AccountStanding) -> Bool
  ) throws {
    let statuses = CustomerStatus.allCases
      .filter { !gets(AccountStanding(inRegister: $0)) }
      .map { status -> Query in "\(status.rawValue)" }
    try perform(
      """
      UPDATE message
      SET state = 'cancelled', lease_token = NULL, body = NULL
      WHERE state = 'queued' AND \(which) AND (
        EXISTS (
          SELECT registered.customer_number FROM register_customer AS registered
          WHERE registered.generation = \(Query.registerInUse)
            AND registered.customer_number = message.customer_number
            AND registered.status IN (\(Query.joined(statuses, separator: ", ")))
        )
        OR EXISTS (
          SELECT account.id FROM account
          WHERE account.customer_number = message.customer_number
            AND account.absent_imports >= \(AccountStanding.importsUntilGone)
        )
      )
      """)
  }

  /// Takes back what is waiting for the owner of an account that has just been locked.
  func cancelMessages(of customer: CustomerNumber) throws {
    try perform(
      """
      UPDATE message
      SET state = 'cancelled', lease_token = NULL, body = NULL
      WHERE state = 'queued' AND customer_number = \(customer.text) AND NOT \(Self.isAnswer)
      """)
  }

  /// Which messages no lock and no block keeps back (``AccountStanding/gets(_:)``).
  private static let isAnswer: Query =
    "(message.kind = \(Message.Kind.dataRequestDeclined.rawValue))"
}
