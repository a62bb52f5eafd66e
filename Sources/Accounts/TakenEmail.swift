internal import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

extension Transaction {
  /// Tells the owner of an address that somebody else tried to use it, once a day at most (D 7).
  func tell(
    _ owner: Account, triedBy customer: CustomerNumber?, in registration: Registration? = nil,
    _ correspondence: Correspondence, at now: Date
  ) throws {
    let day = String(Int(now.timeIntervalSince1970) / 86_400)
    try enqueue(correspondence.emailTaken(owner: owner, day: day, at: now), at: now)
    try record(
      AuditEvent(
        kind: .emailTaken, customer: customer, registration: registration?.id,
        account: owner.id),
      at: now)
  }
}
