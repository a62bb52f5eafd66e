internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import InternationalDomains
internal import Outbox
internal import Persistence

/// The login desk (J8).
package struct Logins: Sendable {
  let world: World
  let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  /// What is known of the browser at the desk.
  package struct Visit: Sendable {
    package var device = Device.unknown
    /// What the browser was given at an earlier login, of whatever account.
    package var browser: Token?
    /// A session that the browser has already; the new one takes its place.
    package var session: Token?
    /// What counts as one network address; `nil` when it is not known.
    package var address: String?

    package init(
      device: Device = .unknown, browser: Token? = nil, session: Token? = nil,
      address: String? = nil
    ) {
      self.device = device
      self.browser = browser
      self.session = session
      self.address = address
    }
  }

  /// What is next. A second step will be one more answer, `needsSecondStep`, with what the step's
  /// page has to show; it is given in place of opening the session, and the step's own desk method
  /// opens it.
  package enum Outcome: Hashable, Sendable {
    case loggedIn(Token, Entry)
    /// One answer for an unknown user name, a wrong password and a pause after failures.
    case refused
    /// Too many failures from this network address.
    case limited(retryAfterSeconds: Int)
    /// Too many hashes are waiting (D 3).
    case overloaded
  }

  /// How somebody has come in.
  package struct Entry: Hashable, Sendable {
    package let isConfirmed: Bool
    /// What the browser is to keep, so that it is known at the next login.
    package let browser: Token
    /// Whether the oldest session had to end for it.
    package let hasEndedOldest: Bool
  }

  /// Browsers of an account that are remembered: more than anybody has.
  private static let browsersOfAccount = 20

  /// «Bejelentkezés».
  ///
  /// The try is counted before the password is compared, and taken back when it was right, so that
  /// a hundred guesses at once are counted like a hundred in a row (CVE-2024-4629).
  package func logIn(
    userName: String, password: String, from visit: Visit = Visit()
  ) async throws -> Outcome {
    let now = world.now()
    guard !passwords.isTooLong(password) else { return .refused }
    let email = try? EmailAddress(typed: userName)
    let key = Logins.throttleKey(userName, email)
    let address = visit.address.map(Logins.failures(from:))
    switch try await count(key, address, at: now) {
    case .open: break
    case .pause: return .refused
    case .addressSpent(let seconds): return .limited(retryAfterSeconds: seconds)
    }
    do {
      // The password may be replaced, or its hash renewed, between the comparison and the opening;
      // then it is compared once more. It is not twice in a row by chance.
      for _ in 1...3 {
        let credentials = try await credentials(named: email)
        guard try await passwords.verify(password, against: credentials?.passwordHash),
          let credentials
        else { return try await refuse(credentials?.account, at: now) }
        let opening = Opening(
          credentials: credentials, key: key, address: address, visit: visit,
          newHash: try await renewedHash(of: password, credentials),
          token: Token(drawing: world.randomBytes), newBrowser: Token(drawing: world.randomBytes))
        if let entry = try await open(opening, at: now) { return .loggedIn(opening.token, entry) }
      }
    } catch is HashingQueue.Overloaded {
      try await world.store.write { transaction in
        try transaction.takeBackFailure(ofUserName: key)
        if let address { try transaction.decrease(address, at: now) }
      }
      return .overloaded
    }
    return .refused
  }

  /// All spellings of one user name share one count.
  private static func throttleKey(_ userName: String, _ email: EmailAddress?) -> [UInt8] {
    sha256(Array((email?.canonical ?? userName).utf8))
  }

  private func credentials(named email: EmailAddress?) async throws -> Credentials? {
    guard let email else { return nil }
    return try await world.store.read { try $0.credentials(named: email) }
  }

  // MARK: Counting

  private enum Gate {
    case open
    case pause
    case addressSpent(secondsLeft: Int)
  }

  /// Failed logins from one network address, which may try many user names once each.
  private static func failures(from address: String) -> EventCount {
    EventCount(name: "login_address", key: sha256(Array(address.utf8)), windowSeconds: 600)
  }

  /// All failed logins of an hour.
  private static let failures = EventCount(name: "login_failure", key: [], windowSeconds: 3600)

  private func count(_ key: [UInt8], _ address: EventCount?, at now: Date) async throws -> Gate {
    let limits = world.limits
    return try await world.store.write { transaction in
      if let address,
        try transaction.usedAndHeld(address, at: now)
          >= limits.loginFailuresPerAddressPerTenMinutes
      {
        return .addressSpent(secondsLeft: address.secondsLeft(at: now))
      }
      if let address { _ = try transaction.increase(address, at: now) }
      return try transaction.countTry(ofUserName: key, at: now, limits: limits) ? .open : .pause
    }
  }

  private func refuse(_ account: Account?, at now: Date) async throws -> Outcome {
    let failures = try await world.store.write { transaction in
      try transaction.record(
        AuditEvent(kind: .loginFailed, customer: account?.customer, account: account?.id), at: now)
      return try transaction.increase(Self.failures, at: now)
    }
    if failures == world.limits.loginFailuresPerHour { world.raise(.loginFailures(failures)) }
    return .refused
  }

  // MARK: Opening

  /// What the transaction needs that lets somebody in.
  private struct Opening: Sendable {
    let credentials: Credentials
    let key: [UInt8]
    let address: EventCount?
    let visit: Visit
    let newHash: String?
    let token: Token
    let newBrowser: Token

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
      // Next time; the old hash still serves.
      return nil
    }
  }

  /// - Returns: `nil` when the account has another password hash by now than was compared with.
  private func open(_ opening: Opening, at now: Date) async throws -> Entry? {
    let entry = try await world.store.write { transaction -> Entry? in
      let account = opening.account
      let present = try transaction.credentialsToChange(of: account.id)
      guard present?.passwordHash == opening.credentials.passwordHash else { return nil }
      if let newHash = opening.newHash {
        _ = try transaction.replacePasswordHash(
          opening.credentials.passwordHash, by: newHash, of: account.id)
      }
      if let address = opening.address { try transaction.decrease(address, at: now) }
      // This very try has been counted as one more.
      let failures = try transaction.throttle(ofUserName: opening.key).failuresInARow - 1
      try transaction.forgetThrottle(ofUserName: opening.key)
      let hasEndedOldest = try makeRoom(for: opening, in: transaction, at: now)
      try transaction.openSession(
        opening.token, of: account.id, with: opening.visit.device, at: now)
      try transaction.record(opening.event(.loggedIn, with: opening.visit.device), at: now)
      try tell(opening, after: failures, in: transaction, at: now)
      return Entry(
        isConfirmed: account.isConfirmed,
        browser: try recognise(opening, in: transaction, at: now),
        hasEndedOldest: hasEndedOldest)
    }
    if entry != nil { world.doorbell.ring() }
    return entry
  }

  /// Ends the session that the new one replaces, and the oldest ones of too many (attack 49).
  ///
  /// - Returns: whether one had to end that is not the browser's own.
  private func makeRoom(
    for opening: Opening, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    if let old = opening.visit.session { try transaction.logOut(old, at: now) }
    let open = try transaction.sessions(of: opening.account.id)
      .filter { $0.isAlive(at: now, limits: world.limits) }
    let surplus = open.count - world.limits.sessionsPerAccount + 1
    guard surplus > 0 else { return false }
    for session in open.sorted(by: { $0.createdAt < $1.createdAt }).prefix(surplus) {
      guard try transaction.endSession(hash: session.tokenHash, at: now) else { continue }
      try transaction.record(opening.event(.oldestSessionEnded, with: session.device), at: now)
    }
    return true
  }

  private func tell(
    _ opening: Opening, after failures: Int, in transaction: any Transaction, at now: Date
  ) throws {
    // An address that nobody has confirmed may be a stranger's.
    guard failures >= world.limits.loginFailuresTold, opening.account.isConfirmed else { return }
    try transaction.enqueue(
      world.correspondence.loginAfterFailures(
        failures, with: opening.visit.device, to: opening.account, at: now),
      at: now)
  }

  /// A browser that no account was used with is given a name of ours, so that nobody can plant one.
  private func recognise(
    _ opening: Opening, in transaction: any Transaction, at now: Date
  ) throws -> Token {
    let claimed = try opening.visit.browser.flatMap { browser in
      try transaction.accounts(usedWith: browser).isEmpty ? nil : browser
    }
    let browser = claimed ?? opening.newBrowser
    let account = opening.account
    switch try transaction.recognise(
      browser, of: account.id, remembering: Self.browsersOfAccount, at: now)
    {
    case .known, .first: break
    case .new:
      try transaction.record(opening.event(.newDevice, with: opening.visit.device), at: now)
      if account.isConfirmed {
        try transaction.enqueue(
          world.correspondence.loginFromNewDevice(opening.visit.device, to: account, at: now),
          at: now)
      }
    }
    return browser
  }
}
