internal import Domain
package import FoundationEssentials
package import Persistence

/// What the insurer's back office must learn of a customer (R12).
package enum HandOverKind: String, CaseIterable, Sendable {
  /// Where letters go; no new value means to the user name.
  case correspondenceEmail = "correspondence_email"
  case userName = "user_name"
  /// `yes` or `no`.
  case marketing
  /// `yes` or `no`.
  case dataProcessing = "data_processing"
  case contractEnded = "contract_ended"
}

extension Transaction {
  /// Puts a change into the queue for the back office, in the transaction that makes it (R4): the
  /// register is the insurer's, and the portal never writes it (R12).
  package func handOver(
    _ kind: HandOverKind, of account: Int64, from old: String?, to new: String?, at now: Date
  ) throws {
    try perform(
      """
      INSERT INTO handover (account_id, customer_number, kind, old_value, new_value, at)
      SELECT id, customer_number, \(kind.rawValue), \(old), \(new), \(now)
      FROM account WHERE id = \(account)
      """)
  }

  /// Hands a changed answer over; what must be accepted to be a user at all is no news.
  func handOver(
    _ declaration: Declaration, before: Bool?, of account: Account, at now: Date
  ) throws {
    let kind: HandOverKind
    switch declaration.kind {
    case .marketing: kind = .marketing
    case .dataProcessing: kind = .dataProcessing
    case .contract, .notice: return
    }
    func word(_ isAccepted: Bool) -> String { isAccepted ? "yes" : "no" }
    try handOver(
      kind, of: account.id, from: before.map(word), to: word(declaration.isAccepted), at: now)
  }

  /// Hands the end of a contract over, for the number that the account had.
  func handOverEnd(of account: Account, at now: Date) throws {
    try perform(
      """
      INSERT INTO handover (account_id, customer_number, kind, at)
      VALUES (\(account.id), \(account.customer.text),
              \(HandOverKind.contractEnded.rawValue), \(now))
      """)
  }
}
