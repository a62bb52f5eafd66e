package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// Locks a customer's account and opens it again, in the name of somebody of the staff (D 12).
package struct AccountLocks: Sendable {
  private let world: World

  package init(world: World) {
    self.world = world
  }

  package enum LockOutcome: Hashable, Sendable {
    case locked
    /// It was locked before; the newer kind and reason are in force now.
    case lockedAnew
    case noAccount
  }

  /// Ends sessions and stops login, recovery and messages but the notice of it.
  package func lock(
    _ customer: CustomerNumber, _ kind: AccountStanding.Lock, by act: StaffAct
  ) async throws -> LockOutcome {
    let now = world.now()
    let outcome = try await world.store.write {
      try lock(customer, kind, by: act, in: $0, at: now)
    }
    if outcome != .noAccount { world.dispatchSignal.send() }
    return outcome
  }

  func lock(
    _ customer: CustomerNumber, _ kind: AccountStanding.Lock, by act: StaffAct,
    in transaction: any Transaction, at now: Date
  ) throws -> LockOutcome {
    guard let account = try transaction.accounts.account(of: customer),
      try transaction.accounts.hold(account.id)
    else { return .noAccount }
    let wasLocked = try transaction.accountLocks.end(on: account.id, by: act, at: now)
    try lock(account, kind, by: act, in: transaction, at: now)
    return wasLocked ? .lockedAnew : .locked
  }

  /// - Parameters:
  ///   - account: held by the caller, and without a lock in force
  ///   - tellsAddress: `false` when the user name may be a thief's
  func lock(
    _ account: Account, _ kind: AccountStanding.Lock, by act: StaffAct,
    tellingAddress tellsAddress: Bool = true, in transaction: any Transaction, at now: Date
  ) throws {
    try transaction.accountLocks.lock(
      account.id, kind, by: act, at: now)
    try transaction.sessions.endAll(of: account.id, at: now)
    try transaction.recoveries.kill(of: account.id, at: now)
    try transaction.following.cancelMessages(of: account.customer)
    try tell(account, kind, tellsAddress, in: transaction, at: now)
    try transaction.record(
      AuditEvent(
        kind: .accountLocked, detail: act.detail(kind.rawValue), customer: account.customer,
        account: account.id),
      at: now)
  }

  /// The only message that a lock lets through: to the address and to the phone, since the owner
  /// may have lost either.
  private func tell(
    _ account: Account, _ kind: AccountStanding.Lock, _ tellsAddress: Bool,
    in transaction: any Transaction, at now: Date
  ) throws {
    let owner = Account(
      id: account.id, customer: account.customer, email: account.email,
      emailConfirmedAt: account.emailConfirmedAt, language: account.language,
      standing: account.standing.withoutLock)
    let event = String(Int(now.timeIntervalSince1970))
    let correspondence = world.correspondence
    if tellsAddress {
      try transaction.enqueue(
        correspondence.accountLocked(owner, kind, event: event, at: now), to: owner, at: now)
    }
    try SMSNotices(world: world).send(to: owner, in: transaction, at: now) { number in
      correspondence.accountLocked(owner, kind, by: number, event: event, at: now)
    }
  }

  package func isLocked(_ customer: CustomerNumber) async throws -> Bool {
    try await world.store.read { try $0.accounts.account(of: customer)?.standing.lock != nil }
  }

  package enum UnlockOutcome: Hashable, Sendable {
    case unlocked
    case wasNotLocked
    case noAccount
  }

  package func unlock(
    _ customer: CustomerNumber, by act: StaffAct
  ) async throws -> UnlockOutcome {
    let now = world.now()
    let outcome = try await world.store.write {
      try unlock(customer, by: act, in: $0, at: now)
    }
    if outcome == .unlocked { world.dispatchSignal.send() }
    return outcome
  }

  func unlock(
    _ customer: CustomerNumber, by act: StaffAct, in transaction: any Transaction, at now: Date
  ) throws -> UnlockOutcome {
    guard let account = try transaction.accounts.account(of: customer),
      try transaction.accounts.hold(account.id)
    else { return .noAccount }
    guard try transaction.accountLocks.end(on: account.id, by: act, at: now) else {
      return .wasNotLocked
    }
    try transaction.record(
      AuditEvent(
        kind: .accountUnlocked, detail: act.detail(), customer: customer, account: account.id),
      at: now)
    if let open = try transaction.accounts.account(of: customer) {
      let event = String(Int(now.timeIntervalSince1970))
      try transaction.enqueue(
        world.correspondence.accountUnlocked(open, event: event, at: now), to: open, at: now)
    }
    return .unlocked
  }
}
