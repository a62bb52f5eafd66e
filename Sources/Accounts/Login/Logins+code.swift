internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// The code by e-mail that a login needs besides the password while somebody is guessing (D 13).
///
/// Whether the password was right is not told: a wrong one, and an unknown user name, get the same
/// page with the same work, and no letter. So guesses made under attack teach nobody anything.
extension Logins {
  private func shared(_ userName: EmailAddress, _ network: String?) -> SharedCodes {
    SharedCodes(world: world, for: .login, userName: userName, network: network)
  }

  // MARK: Asking

  func askForCode(
    _ email: EmailAddress, _ stored: Credentials?, isRight: Bool, _ visit: Visit, at now: Date
  ) async throws -> Outcome {
    let token = Token(drawing: world.randomBytes)
    // A customer who is blocked or has died gets no letter either.
    let proven = isRight && stored?.account.standing.isOpen == true ? stored : nil
    let failures = try await world.store.write { transaction in
      let shared = shared(email, visit.address)
      let challenge = try shared.challenge(in: transaction, at: now)
      let maySend = try shared.maySend(
        challenge, toSomebody: proven != nil, in: transaction, at: now)
      try transaction.recoveries.open(
        NewRecovery(
          purpose: .login, token: token, email: email, account: proven?.account.id,
          challenge: challenge, language: visit.language, passwordMark: proven?.mark))
      try shared.send(
        challenge, to: maySend ? proven?.account : nil, insteadOf: email,
        in: visit.language, transaction, at: now)
      try transaction.note(
        proven == nil ? .loginFailed : .loginCodeAsked, of: stored?.account,
        fromNetwork: visit.address, at: now)
      return try transaction.counts.increase(Self.failures, at: now)
    }
    if failures == world.limits.loginFailuresPerHour { world.raise(.loginFailures(failures)) }
    // For a decoy too: nobody must notice a difference.
    world.dispatchSignal.send()
    return .codeAsked(token)
  }

  // MARK: The page

  /// How the code of the browser's login stands, the same for a decoy; `nil` when there is none.
  package func codeStanding(of token: Token) async throws -> EmailCodeStanding? {
    let now = world.now()
    return try await world.store.read { transaction in
      guard
        let login = try transaction.recoveries.recovery(token, for: .login, locking: false),
        login.usedAt == nil
      else { return nil }
      return EmailCodeStanding(
        login.challenge, sentTo: login.email, ending: login.expiresAt, at: now,
        limits: world.limits)
    }
  }

  // MARK: Entering

  package enum EmailedCodeOutcome: Hashable, Sendable {
    case loggedIn(Token, Entry)
    case mistake(CodeMistake)
    /// Too many wrong codes from this network.
    case limited(retryAfterSeconds: Int)
    /// The code was used or is over, or the account has changed: the login begins anew.
    case over
  }

  /// «Belépés», below the code from the e-mail.
  package func enterCode(
    _ entry: CodeEntry, in token: Token, from visit: Visit
  ) async throws -> EmailedCodeOutcome {
    let now = world.now()
    let check = SharedCodeCheck(
      world: world, purpose: .login, entry: entry, token: token, network: visit.address)
    switch try await check.outcome(at: now) {
    case .mistake(let mistake): return .mistake(mistake)
    case .limited(let seconds): return .limited(retryAfterSeconds: seconds)
    case .over: return .over
    case .right(let login, let credentials):
      let opening = Opening(
        credentials: credentials,
        counts: LoginCounts(
          userName: SharedCodes.key(of: login.email), network: visit.address, browser: nil),
        visit: visit, newHash: nil, token: Token(drawing: world.randomBytes),
        newBrowser: Token(drawing: world.randomBytes), code: login)
      guard let entry = try await open(opening, at: now) else { return .over }
      return .loggedIn(opening.token, entry)
    }
  }

  /// Uses up the code, for every browser that shares it.
  ///
  /// - Returns: whether it was good, or none was needed
  func use(
    _ code: Recovery?, of present: Credentials, _ transaction: any Transaction, at now: Date
  ) throws -> Bool {
    guard let code else { return true }
    guard code.passwordMark == present.mark,
      try transaction.recoveries.use(code, mark: present.mark, at: now)
    else { return false }
    try transaction.recoveries.kill(of: present.account.id, for: .login, at: now)
    return true
  }
}
