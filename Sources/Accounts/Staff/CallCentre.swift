internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// What the call centre may do for a customer after identifying them; the customer is told.
package struct CallCentre: Sendable {
  let world: World
  let act: StaffAct

  package init(world: World, act: StaffAct) {
    self.world = world
    self.act = act
  }

  /// Re-enables the SMS step after ten wrong codes (D 1).
  ///
  /// - Returns: whether it was disabled.
  package func enableSMSStep(of customer: CustomerNumber) async throws -> Bool {
    let now = world.now()
    let wasDisabled = try await world.store.write {
      try enableSMSStep(of: customer, in: $0, at: now)
    }
    if wasDisabled { world.dispatchSignal.send() }
    return wasDisabled
  }

  /// The same within somebody else's transaction. The phone's owner is told, who need not have an
  /// account: if it was another who called, the guessing goes on.
  func enableSMSStep(
    of customer: CustomerNumber, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    var smsStep = try transaction.registrations.smsStep(of: customer)
    let wasDisabled = smsStep.isDisabled
    smsStep.enable()
    try transaction.registrations.save(smsStep)
    try transaction.record(
      AuditEvent(kind: .smsStepEnabled, detail: act.detail(), customer: customer), at: now)
    guard wasDisabled else { return false }
    let language = try transaction.accounts.account(of: customer)?.language ?? .hungarian
    try SMSNotices(world: world).send(to: customer, in: transaction, at: now) { number in
      world.correspondence.smsStepEnabled(
        to: number, of: customer, in: language, event: hexadecimal(world.randomBytes(8)), at: now)
    }
    return true
  }

  /// Ends a customer's sessions (ASVS 7.4.5).
  ///
  /// - Returns: how many were open; `nil` when there is no account.
  package func endSessions(of customer: CustomerNumber) async throws -> Int? {
    let now = world.now()
    let ended = try await world.store.write {
      try endSessions(of: customer, in: $0, at: now)
    }
    if ended ?? 0 > 0 { world.dispatchSignal.send() }
    return ended
  }

  /// The same within somebody else's transaction. Who was logged out somewhere is told.
  func endSessions(
    of customer: CustomerNumber, in transaction: any Transaction, at now: Date
  ) throws -> Int? {
    guard let account = try transaction.accounts.account(of: customer),
      try transaction.accounts.hold(account.id)
    else { return nil }
    let ended = try transaction.sessions.endAll(of: account.id, at: now)
    try transaction.record(
      AuditEvent(
        kind: .sessionsEndedByStaff, detail: act.detail(String(ended)), customer: customer,
        account: account.id),
      at: now)
    if ended > 0 {
      try transaction.enqueue(
        world.correspondence.sessionsEnded(
          account, event: String(Int(now.timeIntervalSince1970)), at: now),
        to: account, at: now)
    }
    return ended
  }

  /// Ends everybody's sessions, a handful at a time: a restored backup brings ended ones back
  /// (attack 44).
  ///
  /// - Returns: how many were open.
  package func endEverySession() async throws -> Int {
    let now = world.now()
    var count = 0
    var last: [UInt8]? = []
    while let from = last {
      let ended = try await world.store.write { transaction in
        try transaction.sessions.endOpen(after: from, atMost: 1000, at: now)
      }
      count += ended.count
      last = ended.last
    }
    try await world.store.write { [count] transaction in
      try transaction.record(
        AuditEvent(kind: .sessionsEndedByStaff, detail: act.detail(String(count))), at: now)
    }
    return count
  }
}
