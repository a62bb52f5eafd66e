internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// E-mailed codes that all browsers with one user name share, so that asking again keeps the live
/// code alive: a stranger who asks, too, cannot make the owner's letter useless (D 13).
///
/// Nothing here depends on whether there is an account: a decoy shares its code in the same way,
/// with the same statements.
struct SharedCodes: Sendable {
  private let world: World
  private let purpose: Recovery.Purpose
  let userName: [UInt8]
  private let network: String?

  /// - Parameter network: where the request comes from; `nil` when unknown
  init(
    world: World, for purpose: Recovery.Purpose, userName: EmailAddress, network: String?
  ) {
    self.world = world
    self.purpose = purpose
    self.userName = SharedCodes.key(of: userName)
    self.network = network
  }

  /// All spellings of one user name share one count.
  static func key(of userName: EmailAddress) -> [UInt8] {
    sha256(Array(userName.canonical.utf8))
  }

  private var lifetimeSeconds: Int {
    switch purpose {
    case .password: world.limits.recoveryLifetimeSeconds
    case .login: world.limits.loginCodeLifetimeSeconds
    }
  }

  // MARK: The code

  /// The user name's live code with tries of its own, or a new one when too little of that one's
  /// life is left (D 2).
  ///
  /// After a code was used or its account got a new password, another takes its place. It begins
  /// with the same character: a change would tell a stranger that there is an account.
  func challenge(in transaction: any Transaction, at now: Date) throws -> Challenge {
    let newest = try transaction.recoveries.newest(of: userName, for: purpose)
    guard let newest, now.addingTimeInterval(Double(leastLifeSeconds)) <= newest.challenge.expiresAt
    else { return new(at: now) }
    guard newest.isDead else {
      let challenge = newest.challenge
      return Challenge(
        nonce: challenge.nonce, prefix: challenge.prefix, expiresAt: challenge.expiresAt,
        sentAt: now, triesLeft: world.limits.recoveryTriesPerCode)
    }
    return new(beginningWith: newest.challenge.prefix, at: now)
  }

  private var leastLifeSeconds: Int { min(world.limits.sameCodeForSeconds, lifetimeSeconds) }

  func new(at now: Date, expiring end: Date? = nil) -> Challenge {
    let seconds = end.map { Int($0.timeIntervalSince(now)) } ?? lifetimeSeconds
    return world.codes.newChallenge(
      Codes.Terms(
        alphabet: .unambiguous, lifetimeSeconds: seconds,
        tries: world.limits.recoveryTriesPerCode),
      at: now)
  }

  private func new(beginningWith prefix: String, at now: Date) -> Challenge {
    // One in thirty-one fits; a thousand draws miss once in a hundred million million times.
    for _ in 1...1000 {
      let challenge = new(at: now)
      if challenge.prefix == prefix { return challenge }
    }
    return new(at: now)
  }

  /// Counts a letter with a code, and tells whether it may go out: the first one always, and the
  /// same code again only a few times, since it is in the mailbox already.
  ///
  /// Letters for nobody are counted apart, or a wrong password's would use up the owner's.
  func maySend(
    _ challenge: Challenge, toSomebody isForSomebody: Bool, in transaction: any Transaction,
    at now: Date
  ) throws -> Bool {
    let count = EventCount(
      name: "code_letter", key: sha256(challenge.nonce + [isForSomebody ? 1 : 0]),
      windowSeconds: 86_400)
    return try transaction.counts.increase(count, at: now) <= world.limits.recoveryLettersPerHour
  }

  /// Sends the code, or writes the same letter and tears it up: both cost the same.
  ///
  /// - Parameter email: what was typed, which the letter to nobody is about
  func send(
    _ challenge: Challenge, to account: Account?, insteadOf email: EmailAddress,
    in language: Language, _ transaction: any Transaction, at now: Date
  ) throws {
    let letter =
      switch purpose {
      case .password: world.correspondence.recoveryCode
      case .login: world.correspondence.loginCode
      }
    let message = letter(
      EmailedCodes(world: world).code(of: challenge), account?.email ?? email, account?.id,
      challenge.sending(at: now), account?.customer ?? .nobody, account?.language ?? language,
      challenge.expiresAt, now)
    try transaction.enqueue(message, at: now)
    try transaction.messages.tearUp(message, if: account == nil)
  }

  // MARK: Tries

  private var tries: EventCount {
    EventCount(
      name: "code_network", key: sha256(userName + Array((network ?? "").utf8)),
      windowSeconds: 3600)
  }

  /// Everybody's wrong codes of a day for this user name.
  private var failures: EventCount {
    EventCount(name: "code_user_name", key: userName, windowSeconds: 86_400)
  }

  /// How long this network has to wait; `nil` when it may try. The count is locked.
  func secondsToWait(in transaction: any Transaction, at now: Date) throws -> Int? {
    let used = try transaction.counts.usedAndHeld(tries, at: now)
    return used < world.limits.codeTriesPerNetworkPerHour ? nil : tries.secondsLeft(at: now)
  }

  /// Counts a wrong code, and alerts an operator when somebody guesses from everywhere.
  func countFailure(in transaction: any Transaction, at now: Date) throws {
    _ = try transaction.counts.increase(tries, at: now)
    let all = try transaction.counts.increase(failures, at: now)
    if all == world.limits.codeFailuresPerUserNamePerDay {
      world.raise(.codeGuessing(failures: all))
    }
  }
}
