internal import Domain
internal import FoundationEssentials
internal import Persistence

/// What the back office must hear of, from the pages of this ledger (R12).
///
/// The queue itself is built elsewhere; until it is there, a row goes nowhere. All calls are here.
enum HandoverKind: String {
  case declaration
  case contractEnded = "contract_ended"
}

extension Transaction {
  /// Hands a changed answer over: `marketing no` became `marketing yes`.
  func handOver(_ declaration: Declaration, before: Bool?, of account: Account, at now: Date) throws
  {
    func words(_ isAccepted: Bool) -> String {
      "\(declaration.kind.rawValue) \(isAccepted ? "yes" : "no")"
    }
    try handOver(
      .declaration, account: account.id, customer: account.customer, old: before.map(words),
      new: words(declaration.isAccepted), at: now)
  }

  /// Hands the end of a contract over.
  func handOverEnd(of account: Account, at now: Date) throws {
    try handOver(
      .contractEnded, account: account.id, customer: account.customer, old: nil, new: nil, at: now)
  }

  /// Queues one change for the back office.
  private func handOver(
    _ kind: HandoverKind, account: Int64, customer: CustomerNumber, old: String?, new: String?,
    at: Date
  ) throws {}
}
