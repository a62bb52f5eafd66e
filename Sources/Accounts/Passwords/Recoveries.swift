internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// Forgotten passwords: a code by e-mail opens the way to a new one (J10).
///
/// It never reveals whether an address has an account. A request that it cannot help with goes on
/// as a decoy, with the same work: a recovery whose code nobody knows.
package struct Recoveries: Sendable {
  private let world: World
  private let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  /// The rules that the password's page shows.
  package var passwordPolicy: PasswordPolicy { passwords.policy }

  private var limits: Limits { world.limits }
  private var codes: EmailedCodes { EmailedCodes(world: world) }

  // MARK: Asking for a code

  /// The form and the network address that a click came from.
  package struct Visit: Sendable {
    /// The form's own token: the same click twice opens one recovery.
    let form: [UInt8]
    let language: Language
    /// The network address, for the limit per address.
    let address: String?

    package init(form: [UInt8], language: Language, address: String?) {
      self.form = form
      self.language = language
      self.address = address
    }
  }

  package enum RequestOutcome: Hashable, Sendable {
    /// A code is on its way, if the address has a confirmed account.
    case asked(Token)
    /// Too many requests from this network address.
    case limited(retryAfterSeconds: Int)
  }

  /// «Kódot kérek», below the address.
  package func request(_ email: EmailAddress, on visit: Visit) async throws -> RequestOutcome {
    let now = world.now()
    let click = sha256(visit.form) + sha256(Array(email.canonical.utf8))
    let clicked = Token(bytes: world.keys.sign(click, for: .recoveryToken))
    let another = Token(drawing: world.randomBytes)
    let outcome = try await world.store.write { transaction -> RequestOutcome in
      let found = try transaction.recoveries.recovery(clicked, locking: true)
      if let found, found.usedAt == nil, !found.isExpired(at: now) { return .asked(clicked) }
      if let seconds = try secondsToWait(visit.address, in: transaction, at: now) {
        return .limited(retryAfterSeconds: seconds)
      }
      // A page that is sent again after its recovery has ended begins another one.
      let token = found == nil ? clicked : another
      try open(token, for: email, on: visit, transaction, at: now)
      return .asked(token)
    }
    // For a decoy too: nobody must notice a difference.
    if case .asked = outcome { world.dispatchSignal.send() }
    return outcome
  }

  private func shared(_ userName: EmailAddress, _ network: String?) -> SharedCodes {
    SharedCodes(world: world, for: .password, userName: userName, network: network)
  }

  private func secondsToWait(
    _ address: String?, in transaction: any Transaction, at now: Date
  ) throws -> Int? {
    guard let address else { return nil }
    let count = EventCount(
      name: "recovery_address", key: sha256(Array(address.utf8)), windowSeconds: 600)
    guard
      try transaction.counts.usedAndHeld(count, at: now) < limits.recoveriesPerAddressPerTenMinutes
    else {
      try world.limitReached(
        AuditEvent(kind: .recoveryLimit, detail: count.name), from: count.key, in: transaction,
        at: now)
      return count.secondsLeft(at: now)
    }
    _ = try transaction.counts.increase(count, at: now)
    return nil
  }

  private func open(
    _ token: Token, for email: EmailAddress, on visit: Visit, _ transaction: any Transaction,
    at now: Date
  ) throws {
    let account = try transaction.recoveries.account(named: email)
    let shared = shared(email, visit.address)
    let challenge = try shared.challenge(in: transaction, at: now)
    // A new code always goes out, or a stranger could use up the owner's letters; the one that is
    // alive is in the mailbox already (D 13).
    _ = try countLetter(to: email, in: transaction, at: now)
    let recipient = account?.mayRecover == true ? account : nil
    let maySend = try shared.maySend(
      challenge, toSomebody: recipient != nil, in: transaction, at: now)
    try transaction.recoveries.open(
      NewRecovery(
        purpose: .password, token: token, email: email, account: recipient?.id,
        challenge: challenge, language: visit.language))
    try shared.send(
      challenge, to: maySend ? recipient : nil, insteadOf: email, in: visit.language,
      transaction, at: now)
    let reason =
      account == nil
      ? "unknown"
      : account?.isConfirmed == false
        ? "unconfirmed" : recipient == nil ? "closed" : maySend ? nil : "limit"
    let event = AuditEvent(
      kind: .recoveryRequested, detail: reason, customer: account?.customer, account: account?.id)
    switch account {
    case nil: try transaction.count(AnonymousEvent(event, fromNetwork: visit.address), at: now)
    case let account? where reason == "limit":
      try world.limitReached(event, of: account.id, in: transaction, at: now)
    case .some: try transaction.record(event, at: now)
    }
  }

  /// Counts a letter to an address, known or unknown.
  ///
  /// - Returns: whether it may be sent.
  private func countLetter(
    to email: EmailAddress, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    let count = EventCount(
      name: "recovery_letter", key: sha256(Array(email.canonical.utf8)), windowSeconds: 3600)
    return try transaction.counts.increase(count, at: now) <= limits.recoveryLettersPerHour
  }

  // MARK: The page

  /// What the page shows; the same for a decoy.
  package struct Standing: Hashable, Sendable {
    package let code: EmailCodeStanding
    /// Whether it has already led to a new password.
    package let isUsed: Bool
  }

  /// How the browser's recovery stands; only reads.
  package func standing(of token: Token) async throws -> Standing? {
    let now = world.now()
    return try await world.store.read { transaction in
      guard let recovery = try transaction.recoveries.recovery(token, locking: false) else {
        return nil
      }
      return Standing(
        code: EmailCodeStanding(
          recovery.challenge, sentTo: recovery.email, ending: recovery.expiresAt, at: now,
          limits: limits),
        isUsed: recovery.usedAt != nil)
    }
  }

  /// «Új kódot kérek». It never extends a recovery's life, and never mentions a limit: the answer
  /// is the same when the address has no account.
  ///
  /// - Parameters:
  ///   - mark: the ``SendingMark`` of the page on which it was pressed
  ///   - network: where the request comes from, as the limits count it
  package func resendCode(
    in token: Token, mark: String = "", from network: String? = nil
  ) async throws -> CodeResendOutcome {
    let now = world.now()
    let outcome = try await world.store.write { transaction -> CodeResendOutcome in
      guard let recovery = try transaction.recoveries.recovery(token, locking: true),
        recovery.usedAt == nil, !recovery.isExpired(at: now)
      else { return .notAwaited }
      return try codes.resend(
        recovery.challenge, mark: mark,
        drawing: shared(recovery.email, nil).new(at: now, expiring: recovery.expiresAt), at: now
      ) { challenge, isNewCode in
        try resend(
          challenge, isNewCode, of: recovery, from: network, in: transaction, at: now)
      }
    }
    if case .sent = outcome { world.dispatchSignal.send() }
    return outcome
  }

  private func resend(
    _ challenge: Challenge, _ isNewCode: Bool, of recovery: Recovery, from network: String?,
    in transaction: any Transaction, at now: Date
  ) throws {
    let isWithinLimit = try countLetter(to: recovery.email, in: transaction, at: now)
    // Nobody knows a new code that is not sent: from here on this is a decoy. An old code that
    // could not be sent again stays good.
    let account = isNewCode && !isWithinLimit ? nil : recovery.account
    try transaction.recoveries.save(challenge, of: recovery, account: account)
    let owner = try transaction.accounts.credentials(of: recovery.account)?.account
    try shared(recovery.email, network).send(
      challenge, to: isWithinLimit && owner?.mayRecover == true ? owner : nil,
      insteadOf: recovery.email,
      in: recovery.language, transaction, at: now)
    try transaction.note(
      .recoveryRequested, "again", of: owner, fromNetwork: network, at: now)
  }

  // MARK: The new password

  package enum PasswordOutcome: Hashable, Sendable {
    /// The password has been replaced, and nobody is logged in.
    case changed
    /// The same click once more.
    case changedBefore
    /// The code is wrong, or all its tries are used up.
    case mistake(CodeMistake)
    /// The code is right and still good; the password is not acceptable.
    case refused([PasswordPolicy.Refusal])
    /// The code is right and still good; the account has this password already.
    case isPresentPassword
    /// The recovery is used, over, or never began.
    case over
    /// Too many wrong codes from this network.
    case limited(retryAfterSeconds: Int)
    /// Too many hashes are waiting (D 3).
    case overloaded
  }

  /// How long the second of two clicks finds what the first one did.
  private static let secondClickSeconds = 600.0

  /// How often to try again after a race with another change.
  private static let turns = 3

  /// «Új jelszó mentése». The code comes first: without it nothing is said about the password, and
  /// an unacceptable password does not use it up.
  ///
  /// - Parameter network: where the request comes from, as the limits count it
  package func choosePassword(
    _ password: String, code entry: CodeEntry, in token: Token, from network: String? = nil
  ) async throws -> PasswordOutcome {
    let now = world.now()
    let check = SharedCodeCheck(
      world: world, purpose: .password, entry: entry, token: token, network: network)
    for _ in 1...Self.turns {
      let recovery: Recovery
      let credentials: Credentials
      switch try await check.outcome(at: now) {
      case .right(let found, let present): (recovery, credentials) = (found, present)
      case .mistake(let mistake): return .mistake(mistake)
      case .limited(let seconds): return .limited(retryAfterSeconds: seconds)
      case .over: return .over
      }
      if let usedAt = recovery.usedAt {
        // Only who chose the present password just now may ask about it, or a used code would be a
        // way to try out passwords.
        guard recovery.passwordMark == credentials.mark,
          now.timeIntervalSince(usedAt) < Self.secondClickSeconds
        else { return .over }
        return try await isSameClick(password, credentials) ? .changedBefore : .over
      }
      let refusals = passwords.refusals(of: password, email: credentials.account.email)
      guard refusals.isEmpty else { return .refused(refusals) }
      let hash: String
      do {
        if try await passwords.verify(password, against: credentials.passwordHash) {
          return .isPresentPassword
        }
        hash = try await passwords.hash(password)
      } catch is HashingQueue.Overloaded { return .overloaded }
      if try await finish(recovery, credentials, newHash: hash, from: network, at: now) {
        world.dispatchSignal.send()
        return .changed
      }
    }
    return .overloaded
  }

  private func isSameClick(_ password: String, _ credentials: Credentials) async throws -> Bool {
    guard !passwords.isTooLong(password) else { return false }
    do {
      return try await passwords.verify(password, against: credentials.passwordHash)
    } catch is HashingQueue.Overloaded { return false }
  }

  /// - Returns: whether the recovery was still good and the password still the old one.
  private func finish(
    _ recovery: Recovery, _ credentials: Credentials, newHash: String, from network: String?,
    at now: Date
  ) async throws -> Bool {
    let account = credentials.account
    return try await world.store.write { transaction in
      // The account first, as everywhere: two simultaneous changes must not deadlock.
      guard let present = try transaction.accounts.credentialsToChange(of: account.id),
        present.passwordHash == credentials.passwordHash,
        present.account.email == recovery.email, present.account.mayRecover,
        try transaction.recoveries.use(recovery, mark: sha256(Array(newHash.utf8)), at: now)
      else { return false }
      // The same code was shared with other browsers.
      try transaction.recoveries.kill(of: account.id, at: now)
      _ = try transaction.accounts.replacePasswordHash(
        credentials.passwordHash, by: newHash, of: account.id)
      try transaction.sessions.endAll(of: account.id, at: now)
      try LoginCounts.forget(account.email, from: network, in: transaction)
      try transaction.tellOfNewPassword(account, world, at: now)
      try transaction.record(
        AuditEvent(kind: .passwordRecovered, customer: account.customer, account: account.id),
        at: now)
      return true
    }
  }
}

extension Account {
  /// Whether its owner can get a code for a new password.
  var mayRecover: Bool { isConfirmed && standing.isOpen }
}

extension CustomerNumber {
  /// The number on a letter that is torn up at once.
  static var nobody: CustomerNumber {
    guard let nobody = try? CustomerNumber("0000000") else {
      preconditionFailure("Seven zeros are a customer number.")
    }
    return nobody
  }
}
