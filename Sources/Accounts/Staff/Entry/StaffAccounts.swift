package import Cryptography
package import Domain
package import FoundationEssentials
package import Persistence

/// Who may log in to the staff's site; operators decide, by command (D 14).
package struct StaffAccounts: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date
  private let randomBytes: RandomBytes
  private let limits: Limits
  private let act: StaffAct

  package init(
    store: any Store, now: @escaping @Sendable () -> Date, randomBytes: RandomBytes,
    limits: Limits, act: StaffAct
  ) {
    self.store = store
    self.now = now
    self.randomBytes = randomBytes
    self.limits = limits
    self.act = act
  }

  /// Makes an account and its invitation.
  ///
  /// - Returns: what the link says; `nil` when the name is taken
  package func add(_ name: StaffName, _ role: StaffRole) async throws -> Token? {
    let now = now()
    let (link, nonce) = (Token(drawing: randomBytes), randomBytes(32))
    return try await store.write { transaction in
      guard let id = try transaction.staff.add(name, role, nonce: nonce, at: now) else {
        return nil
      }
      try transaction.staff.invite(id, by: link, nonce: nonce, expiring: expiry(at: now))
      try transaction.record(
        AuditEvent(kind: .staffAdded, detail: act.detail("\(name) \(role.rawValue)")), at: now)
      return link
    }
  }

  /// Takes password and second factor away, ends sessions, and invites anew: a lost phone.
  ///
  /// - Returns: `nil` when nobody in use has the name
  package func reset(_ name: StaffName) async throws -> Token? {
    let now = now()
    let (link, nonce) = (Token(drawing: randomBytes), randomBytes(32))
    return try await store.write { transaction in
      guard let found = try transaction.staff.credentials(named: name, locking: true) else {
        return nil
      }
      try transaction.staff.invite(
        found.member.id, by: link, nonce: nonce, expiring: expiry(at: now))
      try transaction.staff.endAll(of: found.member.id, at: now)
      try transaction.counts.forget(StaffLogins.wrongCodes(of: name))
      try transaction.record(
        AuditEvent(kind: .staffReset, detail: act.detail(name.text)), at: now)
      return link
    }
  }

  /// Ends sessions at once, and every later login (attack 95).
  ///
  /// - Returns: whether there was such an account in use
  package func disable(_ name: StaffName) async throws -> Bool {
    let now = now()
    return try await store.write { transaction in
      guard let found = try transaction.staff.credentials(named: name, locking: true),
        try transaction.staff.disable(name, at: now)
      else { return false }
      try transaction.staff.endAll(of: found.member.id, at: now)
      try transaction.record(
        AuditEvent(kind: .staffDisabled, detail: act.detail(name.text)), at: now)
      return true
    }
  }

  /// A line of the list.
  package struct Entry: Hashable, Sendable {
    package enum State: String, Sendable {
      /// The invitation has not been used yet.
      case invited
      case active
      case disabled
    }

    package let name: StaffName
    package let role: StaffRole
    package let state: State
    package let lastLogin: Date?
  }

  package func list() async throws -> [Entry] {
    try await store.read { try $0.staff.list(atMost: 10_000) }
  }

  private func expiry(at now: Date) -> Date {
    now.addingTimeInterval(Double(limits.staff.linkLifetimeSeconds))
  }
}
