internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// The desk of forgotten passwords: a code by e-mail opens the way to a new one (J10).
///
/// It never tells whether an address has an account. What it cannot help is led on as a decoy, with
/// the same work: a recovery whose code nobody knows.
package struct Recoveries: Sendable {
  private let world: World
  private let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  /// The rules that the page of the password shows.
  package var passwordPolicy: PasswordPolicy { passwords.policy }

  private var limits: Limits { world.limits }

  // MARK: Asking for a code

  /// Where a click came from.
  package struct Visit: Sendable {
    /// The form's own token: the same click twice opens one recovery.
    let form: [UInt8]
    let language: Language
    /// The network address, for the limit that is counted by address.
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
    let challenge = newChallenge(
      at: now, expiring: now.addingTimeInterval(Double(limits.recoveryLifetimeSeconds)))
    let click = sha256(visit.form) + sha256(Array(email.canonical.utf8))
    let clicked = Token(bytes: world.keys.sign(click, for: .recoveryToken))
    let another = Token(drawing: world.randomBytes)
    let outcome = try await world.store.write { transaction -> RequestOutcome in
      let found = try transaction.recovery(clicked, locking: true)
      if let found, found.usedAt == nil, !found.isExpired(at: now) { return .asked(clicked) }
      if let seconds = try secondsToWait(visit.address, in: transaction, at: now) {
        return .limited(retryAfterSeconds: seconds)
      }
      // A page that is sent once more after the end of its recovery begins another one.
      let token = found == nil ? clicked : another
      try open(token, for: email, challenge, in: visit.language, transaction, at: now)
      return .asked(token)
    }
    // For a decoy too: nobody is to hear the difference.
    if case .asked = outcome { world.doorbell.ring() }
    return outcome
  }

  private func newChallenge(at now: Date, expiring expiresAt: Date) -> Challenge {
    let terms = Codes.Terms(
      alphabet: .unambiguous, lifetimeSeconds: Int(expiresAt.timeIntervalSince(now)),
      tries: limits.recoveryTriesPerCode)
    return world.codes.newChallenge(terms, at: now)
  }

  private func secondsToWait(
    _ address: String?, in transaction: any Transaction, at now: Date
  ) throws -> Int? {
    guard let address else { return nil }
    let count = EventCount(
      name: "recovery_address", key: sha256(Array(address.utf8)), windowSeconds: 600)
    guard
      try transaction.usedAndHeld(count, at: now) < limits.recoveriesPerAddressPerTenMinutes
    else { return count.secondsLeft(at: now) }
    _ = try transaction.increase(count, at: now)
    return nil
  }

  private func open(
    _ token: Token, for email: EmailAddress, _ challenge: Challenge, in language: Language,
    _ transaction: any Transaction, at now: Date
  ) throws {
    let account = try transaction.accountToRecover(named: email)
    let isWithinLimit = try countLetter(to: email, in: transaction, at: now)
    let recipient = isWithinLimit && account?.isConfirmed == true ? account : nil
    try transaction.killRecoveries(of: recipient?.id)
    try transaction.open(
      token, for: email, account: recipient?.id, challenge, in: language,
      expiring: challenge.expiresAt)
    try send(challenge, to: recipient, insteadOf: email, in: language, transaction, at: now)
    let reason =
      account == nil
      ? "unknown" : account?.isConfirmed == false ? "unconfirmed" : isWithinLimit ? nil : "limit"
    try transaction.record(
      AuditEvent(
        kind: .recoveryRequested, detail: reason, customer: account?.customer,
        account: account?.id),
      at: now)
  }

  /// Counts a letter to an address, known or not.
  ///
  /// - Returns: whether it may be sent.
  private func countLetter(
    to email: EmailAddress, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    let count = EventCount(
      name: "recovery_letter", key: sha256(Array(email.canonical.utf8)), windowSeconds: 3600)
    return try transaction.increase(count, at: now) <= limits.recoveryLettersPerHour
  }

  /// Sends the code, or writes the same letter and tears it up: both cost the same.
  private func send(
    _ challenge: Challenge, to account: Account?, insteadOf email: EmailAddress,
    in language: Language, _ transaction: any Transaction, at now: Date
  ) throws {
    let sending = "\(hexadecimal(challenge.nonce.prefix(8)))/\(Int(now.timeIntervalSince1970))"
    let message = world.correspondence.recoveryCode(
      world.codes.code(of: challenge, .unambiguous), to: account?.email ?? email,
      account: account?.id, sending: sending, for: account?.customer ?? .nobody,
      in: account?.language ?? language, expiring: challenge.expiresAt, at: now)
    try transaction.enqueue(message, at: now)
    try transaction.tearUp(message, if: account == nil)
  }

  // MARK: The page

  /// What the page shows; the same for a decoy.
  package struct Standing: Hashable, Sendable {
    package let code: EmailCodeStanding
    /// Whether it has led to a new password.
    package let isUsed: Bool
  }

  /// How the browser's recovery stands; reads only.
  package func standing(of token: Token) async throws -> Standing? {
    let now = world.now()
    return try await world.store.read { transaction in
      guard let recovery = try transaction.recovery(token, locking: false) else { return nil }
      return Standing(
        code: EmailCodeStanding(
          recovery.challenge, sentTo: recovery.email, ending: recovery.expiresAt, at: now,
          limits: limits),
        isUsed: recovery.usedAt != nil)
    }
  }

  package enum ResendOutcome: Hashable, Sendable {
    /// Sent again, or a new one, if the address has a confirmed account.
    case sent(isNewCode: Bool)
    case tooSoon(secondsLeft: Int)
    /// Used, over, or never begun.
    case over
  }

  /// «Új kódot kérek». It never makes a recovery live longer.
  ///
  /// - Parameter mark: the ``SendingMark`` of the page on which it was pressed
  package func resendCode(in token: Token, mark: String = "") async throws -> ResendOutcome {
    let now = world.now()
    let outcome = try await world.store.write { transaction -> ResendOutcome in
      guard let recovery = try transaction.recovery(token, locking: true),
        recovery.usedAt == nil, !recovery.isExpired(at: now)
      else { return .over }
      var challenge = recovery.challenge
      if let isNewCode = SendingMark.missed(by: mark, challenge, at: now, limits: limits) {
        return .sent(isNewCode: isNewCode)
      }
      let resend = challenge.resend(at: now, limits: limits)
      if case .tooSoon(let seconds) = resend { return .tooSoon(secondsLeft: seconds) }
      let isWithinLimit = try countLetter(to: recovery.email, in: transaction, at: now)
      if resend == .new {
        challenge = newChallenge(at: now, expiring: recovery.expiresAt)
      } else {
        challenge.wasSent(at: now)
      }
      // A new code that is not sent is known to nobody: from here on a decoy. The old one, said
      // again in vain, stays good.
      let account = resend == .new && !isWithinLimit ? nil : recovery.account
      try transaction.save(challenge, of: recovery, account: account)
      let owner = try transaction.credentials(of: recovery.account ?? 0)?.account
      try send(
        challenge, to: isWithinLimit ? owner : nil, insteadOf: recovery.email,
        in: recovery.language, transaction, at: now)
      try transaction.record(
        AuditEvent(
          kind: .recoveryRequested, detail: "again", customer: owner?.customer,
          account: owner?.id),
        at: now)
      return .sent(isNewCode: resend == .new)
    }
    if case .sent = outcome { world.doorbell.ring() }
    return outcome
  }

  // MARK: The new password

  package enum PasswordOutcome: Hashable, Sendable {
    /// The password is new, and nobody is logged in.
    case changed
    /// The same click once more.
    case changedBefore
    case wrongCode(triesLeft: Int)
    /// All tries of this code are used up.
    case codeSpent
    /// The code is right and still good; the password will not do.
    case refused([PasswordPolicy.Refusal])
    /// The code is right and still good; the password is the one that the account has.
    case isPresentPassword
    /// Used, over, or never begun.
    case over
    /// Too many hashes are waiting (D 3).
    case overloaded
  }

  /// How often a race with somebody else's change is run again.
  private static let turns = 3

  /// «Új jelszó mentése». The code comes first: without it nothing is told about the password, and
  /// a password that will not do does not use it up.
  package func choosePassword(
    _ password: String, code entry: CodeEntry, in token: Token
  ) async throws -> PasswordOutcome {
    let now = world.now()
    for _ in 1...Self.turns {
      let recovery: Recovery
      let credentials: Credentials
      switch try await check(entry, in: token, at: now) {
      case .answer(let outcome): return outcome
      case .used(let credentials):
        return try await isSameClick(password, credentials) ? .changedBefore : .over
      case .right(let found, let present): (recovery, credentials) = (found, present)
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
      if try await finish(recovery, credentials, newHash: hash, at: now) {
        world.doorbell.ring()
        return .changed
      }
    }
    return .overloaded
  }

  private enum Checked {
    case answer(PasswordOutcome)
    case used(Credentials)
    case right(Recovery, Credentials)
  }

  /// Counts a try, then compares; the right code gets its try back.
  private func check(_ entry: CodeEntry, in token: Token, at now: Date) async throws -> Checked {
    try await world.store.write { transaction in
      guard var recovery = try transaction.recovery(token, locking: true),
        !recovery.isExpired(at: now)
      else { return .answer(.over) }
      let isRight = world.codes.matches(entry, recovery.challenge, .unambiguous)
      let present = try transaction.credentials(of: recovery.account ?? 0)
      let outcome = recovery.challenge.try(matches: isRight && present != nil, at: now)
      if outcome == .accepted, let present {
        if recovery.usedAt != nil { return .used(present) }
        // An address that changed meanwhile takes its codes along.
        if present.account.isConfirmed, present.account.email == recovery.email {
          return .right(recovery, present)
        }
      }
      try transaction.save(recovery.challenge, of: recovery, account: recovery.account)
      switch outcome {
      case .expired: return .answer(.over)
      case .spent: return .answer(.codeSpent)
      case .accepted, .wrong:
        try transaction.record(
          AuditEvent(
            kind: .recoveryCodeWrong, customer: present?.account.customer,
            account: present?.account.id),
          at: now)
        return .answer(.wrongCode(triesLeft: recovery.challenge.triesLeft))
      }
    }
  }

  private func isSameClick(_ password: String, _ credentials: Credentials) async throws -> Bool {
    guard !passwords.isTooLong(password) else { return false }
    do {
      return try await passwords.verify(password, against: credentials.passwordHash)
    } catch is HashingQueue.Overloaded { return false }
  }

  /// - Returns: whether the recovery was still good and the password still the old one.
  private func finish(
    _ recovery: Recovery, _ credentials: Credentials, newHash: String, at now: Date
  ) async throws -> Bool {
    let account = credentials.account
    return try await world.store.write { transaction in
      // The account first, as everywhere: two changes at once must not wait for each other.
      guard let present = try transaction.credentialsToChange(of: account.id),
        present.passwordHash == credentials.passwordHash,
        present.account.email == recovery.email, try transaction.use(recovery, at: now)
      else { return false }
      _ = try transaction.replacePasswordHash(
        credentials.passwordHash, by: newHash, of: account.id)
      try transaction.endSessions(of: account.id, at: now)
      try transaction.forgetThrottle(ofUserName: sha256(Array(account.email.canonical.utf8)))
      try transaction.tellOfNewPassword(account, world, at: now)
      try transaction.record(
        AuditEvent(kind: .passwordRecovered, customer: account.customer, account: account.id),
        at: now)
      return true
    }
  }
}

extension CustomerNumber {
  /// Whose number a letter bears that is torn up at once.
  fileprivate static var nobody: CustomerNumber {
    guard let nobody = try? CustomerNumber("0000000") else {
      preconditionFailure("Seven zeros are a customer number.")
    }
    return nobody
  }
}
