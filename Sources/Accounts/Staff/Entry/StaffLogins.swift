internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import OneTimePasswords
internal import Persistence

/// Logs staff in: name, password and second factor, with one answer for whatever is wrong (D 14).
package struct StaffLogins: Sendable {
  private let world: World
  private let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  package enum Outcome: Hashable, Sendable {
    case loggedIn(Token)
    case refused
    case limited(retryAfterSeconds: Int)
    case overloaded
  }

  /// «Bejelentkezés».
  ///
  /// The try is counted before anything is compared, by name and network together, so that nobody
  /// keeps somebody else out (D 13). Wrong codes after the right password are counted by name
  /// alone: only who knows the password can use that up, and then an operator has to look.
  ///
  /// - Parameter network: where it comes from, as limits count it
  package func logIn(
    name typed: String, password: String, code: String, from network: String?
  ) async throws -> Outcome {
    let now = world.now()
    guard !passwords.isTooLong(password), typed.utf8.count <= 200, code.utf8.count <= 100 else {
      return .refused
    }
    let name = StaffName(typed)
    let counts = StaffLoginCounts(name: name?.text ?? typed, network: network)
    if let seconds = try await secondsToWait(name, counts, at: now) {
      return .limited(retryAfterSeconds: seconds)
    }
    let found = try await credentials(of: name)
    do {
      // An account without a password costs what any other costs.
      let hash = found.flatMap { $0.passwordHash.isEmpty ? nil : $0.passwordHash }
      guard try await passwords.verify(password, against: hash), let found else {
        return try await refuse(name, from: network, at: now)
      }
      return try await open(found, code, counts, at: now)
    } catch is HashingQueue.Overloaded {
      try await world.store.write { transaction in
        try counts.takeBack(in: transaction, at: now)
        try transaction.loginThrottles.takeBackFailure(ofUserName: counts.pause)
      }
      return .overloaded
    }
  }

  private func credentials(of name: StaffName?) async throws -> StaffCredentials? {
    guard let name else { return nil }
    return try await world.store.read(.oneStatement) { try $0.staff.credentials(named: name) }
  }

  private func secondsToWait(
    _ name: StaffName?, _ counts: StaffLoginCounts, at now: Date
  ) async throws -> Int? {
    try await world.store.write { transaction in
      if let count = counts.network,
        try transaction.counts.increase(count, at: now)
          > world.limits.loginFailuresPerAddressPerTenMinutes
      {
        try world.limitReached(
          AuditEvent(kind: .loginLimit, detail: count.name), from: count.key, in: transaction,
          at: now)
        return count.secondsLeft(at: now)
      }
      let mayTry = try transaction.loginThrottles.countTry(
        ofUserName: counts.pause, at: now, limits: world.limits)
      if mayTry { return nil }
      // The pause can be met without end: once an hour for each of the staff.
      if let known = try registered(name, in: transaction) {
        try world.limitReached(
          AuditEvent(kind: .staffLoginFailed, detail: StaffAct.mark + known.text + "; pause"),
          of: "staff pause/\(known)", in: transaction, at: now)
      } else {
        try world.limitReached(
          AuditEvent(kind: .staffLoginFailed, detail: "pause"), from: counts.pause,
          in: transaction, at: now)
      }
      return max(1, world.limits.loginDelaySecondsMax)
    }
  }

  private func registered(
    _ name: StaffName?, in transaction: any Transaction
  ) throws -> StaffName? {
    try name.flatMap { try transaction.staff.credentials(named: $0)?.member.name }
  }

  /// Each failure of one of the staff is in the trail: the pause says how many there can be. A name
  /// that nobody has is counted apart, and without what was typed: it may be a password.
  private func refuse(
    _ name: StaffName?, from network: String?, at now: Date
  ) async throws -> Outcome {
    try await world.store.write { transaction in
      if let known = try registered(name, in: transaction) {
        try transaction.record(
          AuditEvent(kind: .staffLoginFailed, detail: StaffAct.mark + known.text), at: now)
      } else {
        try transaction.count(
          AnonymousEvent(AuditEvent(kind: .staffLoginFailed), fromNetwork: network), at: now)
      }
    }
    return .refused
  }

  static func wrongCodes(of name: StaffName) -> EventCount {
    EventCount(
      name: "staff_code", key: sha256(Array("staff code/\(name)".utf8)), windowSeconds: 86_400)
  }

  private func open(
    _ found: StaffCredentials, _ code: String, _ counts: StaffLoginCounts, at now: Date
  ) async throws -> Outcome {
    let factor = SecondFactor(keys: world.keys, nonce: found.nonce)
    let (step, isRecovery) = (factor.step(of: code, at: now), factor.isRecoveryCode(code))
    let token = Token(drawing: world.randomBytes)
    let name = found.member.name
    return try await world.store.write { transaction in
      let wrong = Self.wrongCodes(of: name)
      // Counted before the result is acted on, and taken back (R6).
      let failed = try transaction.counts.increase(wrong, at: now)
      guard failed <= world.limits.staff.wrongCodesPerDay else {
        try transaction.recordOnce(
          AuditEvent(kind: .staffLoginFailed, detail: StaffAct.mark + name.text + "; code limit"),
          of: "staff code/\(name)", at: now)
        world.raise(.limitReached(wrong.name, detail: name.text))
        return .refused
      }
      guard let present = try transaction.staff.credentials(named: name, locking: true),
        present.passwordHash == found.passwordHash,
        try step.map({ try transaction.staff.use(step: $0, of: present.member.id) })
          ?? (isRecovery && transaction.staff.useRecoveryCode(of: present.member.id))
      else {
        try transaction.record(
          AuditEvent(kind: .staffLoginFailed, detail: StaffAct.mark + name.text + "; code"), at: now
        )
        return .refused
      }
      try transaction.counts.decrease(wrong, at: now)
      try counts.takeBack(in: transaction, at: now)
      try transaction.loginThrottles.forget(ofUserName: counts.pause)
      try transaction.staff.open(token, of: present.member.id, at: now)
      try transaction.record(
        AuditEvent(
          kind: .staffLoggedIn,
          detail: StaffAct.mark + name.text + (step == nil ? "; recovery code" : "")), at: now)
      return .loggedIn(token)
    }
  }

  // MARK: The demo

  /// Makes an account that is ready to log in, or finds it as it was made.
  ///
  /// - Returns: the secret for an app; `nil` when somebody has given the account another password
  package func admit(
    _ name: StaffName, _ role: StaffRole, password: String
  ) async throws -> String? {
    let now = world.now()
    let hash = try await passwords.hash(password)
    let nonce = world.randomBytes(32)
    return try await world.store.write { transaction in
      if let id = try transaction.staff.add(name, role, nonce: nonce, at: now) {
        try transaction.staff.enrol(id, passwordHash: hash, step: 0)
      }
      guard let found = try transaction.staff.credentials(named: name) else { return nil }
      return SecondFactor(keys: world.keys, nonce: found.nonce).password.base32
    }
  }

  // MARK: Sessions

  /// Who has this session; a disabled account has none (attack 95).
  package func resume(_ token: Token) async throws -> StaffSession? {
    let now = world.now()
    let found = try await world.store.read(.oneStatement) { try $0.staff.session(token) }
    let limits = world.limits.staff
    guard let found,
      now.timeIntervalSince(found.lastUsedAt) < Double(limits.sessionIdleSeconds),
      now.timeIntervalSince(found.createdAt) < Double(limits.sessionAbsoluteSeconds)
    else { return nil }
    if now.timeIntervalSince(found.lastUsedAt) >= Double(min(60, limits.sessionIdleSeconds / 10)) {
      try await world.store.write(.oneStatement) { try $0.staff.touch(token, at: now) }
    }
    return StaffSession(member: found.member, hash: token.hash, search: found.search ?? "")
  }

  /// «Kijelentkezés».
  package func end(_ token: Token) async throws {
    let now = world.now()
    try await world.store.write { transaction in
      guard let session = try transaction.staff.session(token),
        try transaction.staff.end(token, at: now)
      else { return }
      try transaction.record(
        AuditEvent(kind: .staffLoggedOut, detail: StaffAct.mark + session.member.name.text),
        at: now)
    }
  }
}

/// What a login of staff is held against, as that of customers is: nobody keeps somebody else out
/// (D 13).
private struct StaffLoginCounts: Sendable {
  /// Names the pause: by name and network.
  let pause: [UInt8]
  /// Failures of one network, which may try many names; `nil` when it is unknown.
  let network: EventCount?

  init(name: String, network: String?) {
    pause = sha256(Array("staff/\(name)/\(network ?? "")".utf8))
    self.network = network.map { network in
      EventCount(name: "staff_network", key: sha256(Array(network.utf8)), windowSeconds: 600)
    }
  }

  /// The try was no failure.
  func takeBack(in transaction: any Transaction, at now: Date) throws {
    if let network { try transaction.counts.decrease(network, at: now) }
  }
}

/// A browser of staff that is logged in.
package struct StaffSession: Sendable {
  package let member: StaffMember
  /// Of the token: what the session has open is found by it.
  let hash: [UInt8]
  /// What was looked for last; empty when nothing was.
  package let search: String

  /// - Returns: `nil` when the words are no reason: empty, or longer than a row can hold
  func act(because reason: String) -> StaffAct? {
    StaffAct(by: member.name.text, reason: reason)
  }

  /// Without a reason, where none is asked.
  var act: StaffAct { StaffAct.of(member) }
}
