internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import InternationalDomains
internal import Outbox
internal import Persistence

/// Logs customers in (J8).
package struct Logins: Sendable {
  let world: World
  let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  /// What is known about the browser.
  package struct Visit: Sendable {
    package var device = Device.unknown
    /// What the browser was given at an earlier login, to whichever account.
    package var browser: Token?
    /// The session that the browser has already; the new one replaces it.
    package var session: Token?
    /// What counts as one network address; `nil` when unknown.
    package var address: String?
    /// Of the page.
    package var language: Language

    package init(
      device: Device = .unknown, browser: Token? = nil, session: Token? = nil,
      address: String? = nil, language: Language = .hungarian
    ) {
      self.device = device
      self.browser = browser
      self.session = session
      self.address = address
      self.language = language
    }
  }

  /// What comes next.
  package enum Outcome: Hashable, Sendable {
    case loggedIn(Token, Entry)
    /// One answer for an unknown user name, a wrong password and a customer who has died.
    case refused
    /// A code by e-mail is needed besides the password (D 13). The answer is the same when the
    /// password is wrong or nobody has the user name: then no code was sent, and none fits.
    case codeAsked(Token)
    /// The password is right; the call centre says why it does not open anything, and finds the
    /// case by its number (D 12).
    case help(CaseNumber)
    /// Too many failures from this network address.
    case limited(retryAfterSeconds: Int)
    /// Too many hashes are waiting (D 3).
    case overloaded
  }

  /// How somebody logged in.
  package struct Entry: Hashable, Sendable {
    package let isConfirmed: Bool
    /// What the browser is to keep, so that it is recognised at the next login.
    package let browser: Token
    /// Whether the oldest session had to end to make room.
    package let hasEndedOldest: Bool
  }

  /// How many browsers of an account are remembered: more than anybody has.
  private static let browsersOfAccount = 20

  /// «Bejelentkezés».
  ///
  /// The try is counted before the password is compared, and taken back if the password is right,
  /// so that a hundred simultaneous guesses count like a hundred in a row (CVE-2024-4629).
  package func logIn(
    userName: String, password: String, from visit: Visit = Visit()
  ) async throws -> Outcome {
    let now = world.now()
    guard !passwords.isTooLong(password) else { return .refused }
    let email = try? EmailAddress(typed: userName)
    let (gate, counts) = try await count(userName, email, visit, at: now)
    if case .networkSpent(let seconds) = gate { return .limited(retryAfterSeconds: seconds) }
    do {
      // The password may be replaced, or its hash renewed, between the comparison and the opening;
      // then it is compared again. Twice in a row is no coincidence.
      for _ in 1...3 {
        let (stored, model) = try await credentials(named: email)
        let isRight = try await passwords.verify(
          password, against: stored?.passwordHash, orLike: model)
        if case .withCode = gate, let email {
          return try await askForCode(email, stored, isRight: isRight, visit, at: now)
        }
        guard isRight, var stored else {
          return try await refuse(stored?.account, from: visit, at: now)
        }
        // Only now: the time that it takes must not tell whose the user name is.
        if try await world.follows(stored.account.customer),
          let fresh = try await credentials(named: email).0
        {
          stored = fresh
        }
        switch stored.account.standing.entry {
        case .portal, .portalWithoutPolicies: break
        case .help: return try await hold(stored.account, at: now)
        case .neutral: return try await refuse(stored.account, from: visit, at: now)
        }
        let opening = Opening(
          credentials: stored, counts: counts, visit: visit,
          newHash: try await renewedHash(of: password, stored),
          token: Token(drawing: world.randomBytes), newBrowser: Token(drawing: world.randomBytes))
        if let entry = try await open(opening, at: now) { return .loggedIn(opening.token, entry) }
      }
    } catch is HashingQueue.Overloaded {
      try await world.store.write { try counts.takeBack(in: $0, at: now) }
      return .overloaded
    } catch let unavailable as RegisterUnavailable {
      // Nobody's mistake.
      try await world.store.write { try counts.takeBack(in: $0, at: now) }
      throw unavailable
    }
    return .refused
  }

  private func credentials(
    named email: EmailAddress?
  ) async throws -> (Credentials?, model: String?) {
    guard let email else { return (nil, nil) }
    let place = place(of: email)
    return try await world.store.read(.oneStatement) {
      try $0.accounts.credentials(named: email, modelAt: place)
    }
  }

  /// The hash whose cost a user name has that nobody has.
  package func model(of userName: EmailAddress) async throws -> String? {
    try await credentials(named: userName).model
  }

  /// Nobody without the key can tell where a user name leads.
  private func place(of userName: EmailAddress) -> UInt16 {
    world.keys.sign(Array(userName.canonical.utf8), for: .unknownName).prefix(2)
      .reduce(0) { $0 << 8 | UInt16($1) }
  }

  // MARK: Counting

  /// All failed logins within an hour.
  static let failures = EventCount(name: "login_failure", key: [], windowSeconds: 3600)

  private func count(
    _ userName: String, _ email: EmailAddress?, _ visit: Visit, at now: Date
  ) async throws -> (LoginCounts.Gate, LoginCounts) {
    let name = email.map(SharedCodes.key(of:)) ?? sha256(Array(userName.utf8))
    return try await world.store.write { transaction in
      var browser = visit.browser
      if let claimed = browser {
        let isKnown = try email.map { try transaction.devices.isKnown(claimed, to: $0) } ?? false
        if !isKnown { browser = nil }
      }
      let counts = LoginCounts(userName: name, network: visit.address, browser: browser)
      let gate = try counts.count(in: transaction, at: now, limits: world.limits)
      if let limit = counts.limit(reachedAt: gate) {
        try world.limitReached(
          AuditEvent(kind: .loginLimit, detail: limit.name), from: limit.key, in: transaction,
          at: now)
      }
      return (gate, counts)
    }
  }

  private func refuse(
    _ account: Account?, from visit: Visit, at now: Date
  ) async throws -> Outcome {
    let failures = try await world.store.write { transaction in
      try transaction.note(.loginFailed, of: account, fromNetwork: visit.address, at: now)
      return try transaction.counts.increase(Self.failures, at: now)
    }
    if failures == world.limits.loginFailuresPerHour { world.raise(.loginFailures(failures)) }
    return .refused
  }

  /// The password is right, and the account is not open.
  private func hold(_ account: Account, at now: Date) async throws -> Outcome {
    let number = CaseNumber(drawing: world.randomBytes(32))
    try await world.store.write { transaction in
      try transaction.record(
        AuditEvent(
          kind: .loginHeld, detail: number.text, customer: account.customer, account: account.id),
        at: now)
    }
    return .help(number)
  }

  // MARK: Opening

  /// What the transaction that opens the session needs.
  struct Opening: Sendable {
    let credentials: Credentials
    let counts: LoginCounts
    let visit: Visit
    let newHash: String?
    let token: Token
    let newBrowser: Token
    /// The code that was entered besides the password.
    var code: Recovery?

    var account: Account { credentials.account }

    func event(_ kind: AuditEvent.Kind, with device: Device? = nil) -> AuditEvent {
      AuditEvent(
        kind: kind, detail: device?.detail, customer: account.customer, account: account.id)
    }
  }

  private func renewedHash(
    of password: String, _ credentials: Credentials
  ) async throws -> String? {
    guard passwords.isOutdated(credentials.passwordHash) else { return nil }
    do { return try await passwords.hash(password) } catch is HashingQueue.Overloaded {
      // It can be renewed next time; the old hash still serves.
      return nil
    }
  }

  /// - Returns: `nil` when the account no longer has the password hash that was compared, is no
  ///   longer open, or when the code has been used meanwhile
  func open(_ opening: Opening, at now: Date) async throws -> Entry? {
    let (entry, isTold) = try await world.store.write { transaction -> (Entry?, isTold: Bool) in
      let account = opening.account
      let present = try transaction.accounts.credentialsToChange(of: account.id)
      guard let present, present.passwordHash == opening.credentials.passwordHash,
        present.account.standing.isOpen, try use(opening.code, of: present, transaction, at: now)
      else { return (nil, false) }
      if let newHash = opening.newHash {
        _ = try transaction.accounts.replacePasswordHash(
          opening.credentials.passwordHash, by: newHash, of: account.id)
      }
      let failures = try opening.counts.succeeded(
        hasCounted: opening.code == nil, in: transaction, at: now)
      let hasEndedOldest = try makeRoom(for: opening, in: transaction, at: now)
      let (browser, recognition) = try recognise(opening, in: transaction, at: now)
      try transaction.sessions.open(
        opening.token, of: account.id, with: opening.visit.device,
        inNewBrowser: recognition == .new, at: now)
      try transaction.record(opening.event(.loggedIn, with: opening.visit.device), at: now)
      let isToldOfFailures = try tell(opening, after: failures, in: transaction, at: now)
      let isToldOfBrowser = try tell(opening, of: recognition, in: transaction, at: now)
      let entry = Entry(
        isConfirmed: account.isConfirmed, browser: browser, hasEndedOldest: hasEndedOldest)
      return (entry, isToldOfFailures || isToldOfBrowser)
    }
    if isTold { world.dispatchSignal.send([.email]) }
    return entry
  }

  /// Ends the session that the new one replaces, and the oldest of too many (attack 49).
  ///
  /// - Returns: whether another one than the browser's own had to end.
  private func makeRoom(
    for opening: Opening, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    if let old = opening.visit.session { try transaction.sessions.logOut(old, at: now) }
    let open = try transaction.sessions.all(of: opening.account.id)
      .filter { $0.isAlive(at: now, limits: world.limits) }
    let surplus = open.count - world.limits.sessionsPerAccount + 1
    guard surplus > 0 else { return false }
    for session in open.sorted(by: { $0.createdAt < $1.createdAt }).prefix(surplus) {
      guard try transaction.sessions.end(hash: session.tokenHash, at: now) else { continue }
      try transaction.record(opening.event(.oldestSessionEnded, with: session.device), at: now)
    }
    return true
  }

  /// - Returns: whether a letter was queued
  private func tell(
    _ opening: Opening, after failures: Int, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    // An unconfirmed address may be a stranger's.
    let told = world.limits.loginFailuresTold
    guard failures >= told, opening.account.isConfirmed else { return false }
    // Those that a login has ended are told no more; looked up only when there were many.
    let last = try transaction.devices.login(of: opening.account.id, before: now)?.at
    let failures = try transaction.devices.failedLogins(of: opening.account.id, since: last)
    guard failures >= told else { return false }
    try transaction.enqueue(
      world.correspondence.loginAfterFailures(
        failures, with: opening.visit.device, to: opening.account, at: now),
      to: opening.account, at: now)
    return true
  }

  /// A browser that no account has used gets a name from us, so that nobody can plant one.
  ///
  /// - Returns: the name, and whether the account has been used with it
  private func recognise(
    _ opening: Opening, in transaction: any Transaction, at now: Date
  ) throws -> (Token, Recognition) {
    let claimed = try opening.visit.browser.flatMap { browser in
      try transaction.devices.accounts(usedWith: browser).isEmpty ? nil : browser
    }
    let browser = claimed ?? opening.newBrowser
    let account = opening.account
    let recognition =
      if let claimed {
        try transaction.devices.recognise(
          claimed, of: account.id, remembering: Self.browsersOfAccount, at: now)
      } else {
        try transaction.devices.remember(
          browser, of: account.id, atMost: Self.browsersOfAccount, at: now)
      }
    return (browser, recognition)
  }

  /// - Returns: whether a letter was queued
  private func tell(
    _ opening: Opening, of recognition: Recognition, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    switch recognition {
    case .known, .first: return false
    case .new:
      try transaction.record(opening.event(.newDevice, with: opening.visit.device), at: now)
      guard opening.account.isConfirmed else { return false }
      try transaction.enqueue(
        world.correspondence.loginFromNewDevice(
          opening.visit.device, to: opening.account, at: now),
        to: opening.account, at: now)
      return true
    }
  }
}
