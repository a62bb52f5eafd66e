internal import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// What happens when somebody enters the address of another account (D 7).
struct TakenAddresses: Sendable {
  private let world: World

  init(world: World) {
    self.world = world
  }

  /// Who has an address that a customer wants as user name, and whether that keeps it from the
  /// customer.
  ///
  /// The customer's own account does not (D 4). An account that was not confirmed in time loses
  /// its address here. One that its owner can still take back belongs to that owner (attack 34).
  func owner(
    of email: EmailAddress, for customer: CustomerNumber?, in transaction: any Transaction,
    at now: Date
  ) throws -> (account: Account?, isTaken: Bool) {
    var owner = try transaction.accounts.account(named: email)
    if let found = owner, !found.isConfirmed, found.customer != customer,
      try free(
        email,
        unconfirmedSince: now.addingTimeInterval(
          -Double(world.limits.unconfirmedAddressSeconds)), in: transaction, at: now)
    {
      owner = nil
    }
    if let owner, owner.customer != customer { return (owner, true) }
    let undos = try transaction.addresses.undos(of: email, at: now)
    guard !undos.isEmpty else { return (owner, false) }
    let own = try customer.flatMap { try transaction.accounts.account(of: $0)?.id }
    return (owner, undos.contains { $0.account != own })
  }

  /// Takes an address from an account that never confirmed it.
  ///
  /// - Parameter instant: the account must be from then or older; `nil` when the mailbox's owner
  ///   has just proven to be somebody else
  /// - Returns: whether an account lost it
  func free(
    _ email: EmailAddress, unconfirmedSince instant: Date?, except own: Account.ID? = nil,
    in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    guard
      let (account, customer) = try transaction.accounts.freeAddress(
        email, unconfirmedSince: instant, except: own)
    else { return false }
    try transaction.sessions.endAll(of: account, at: now)
    try transaction.record(
      AuditEvent(kind: .addressFreed, customer: customer, account: account), at: now)
    return true
  }

  private func count(_ account: Account.ID) -> EventCount {
    EventCount(name: "taken_email", key: Array("\(account)".utf8), windowSeconds: 86_400)
  }

  /// Whether an account has been told often enough today that an address is taken; the count is
  /// locked until the end of the transaction.
  func isLimitReached(
    by account: Account.ID, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    try transaction.counts.usedAndHeld(count(account), at: now)
      >= world.limits.takenEmailsPerAccountPerDay
  }

  /// Counts the refusal, and tells the address's owner.
  ///
  /// - Parameter owner: `nil` when the address is only reserved for somebody
  func refuse(
    _ account: Account, anAddressOf owner: Account?, in transaction: any Transaction, at now: Date
  ) throws {
    _ = try transaction.counts.increase(count(account.id), at: now)
    if let owner { try tell(owner, triedBy: account.customer, in: transaction, at: now) }
  }

  /// Tells the owner of an address that somebody else tried to use it, at most once a day.
  func tell(
    _ owner: Account, triedBy customer: CustomerNumber?, of registration: Registration? = nil,
    in transaction: any Transaction, at now: Date
  ) throws {
    let day = String(Int(now.timeIntervalSince1970) / 86_400)
    try transaction.enqueue(
      world.correspondence.emailTaken(owner: owner, day: day, at: now), to: owner, at: now)
    try transaction.record(
      AuditEvent(
        kind: .emailTaken, customer: customer, registration: registration?.id,
        account: owner.id),
      at: now)
  }
}
