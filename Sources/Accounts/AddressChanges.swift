internal import Cryptography
package import Domain
package import FoundationEssentials
internal import Outbox
internal import Persistence

/// The desk where a customer changes the user name and the address of letters (J10).
///
/// Either is used only after the code that was sent to it. Which letter goes where: a code goes to
/// the address that it confirms; whatever concerns the account's safety goes to the user name, and
/// at a change to the old and the new address, so that nobody can turn such letters away by another
/// correspondence address; the correspondence address is for the insurer's own letters, which its
/// back office sends (R12).
package struct AddressChanges: Sendable {
  let world: World
  let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  package enum Purpose: String, CaseIterable, Sendable {
    case correspondence
    case userName = "user_name"
  }

  // MARK: What the pages show

  package struct Profile: Sendable {
    /// As the register has it; empty when the customer has left the register.
    package let name: String
    package let userName: EmailAddress
    /// The number in the register; the portal never changes it (R12).
    package let mobile: PhoneNumber?
    /// `nil` when letters go to the user name.
    package let correspondence: EmailAddress?
    /// Addresses that wait for their code.
    package let pending: [Purpose: EmailAddress]
    package let registeredAt: Date?
  }

  package func profile(of account: Account) async throws -> Profile {
    let now = world.now()
    return try await world.store.read { transaction in
      let customer = try transaction.customer(account.customer)
      var pending: [Purpose: EmailAddress] = [:]
      for purpose in Purpose.allCases {
        let change = try transaction.pendingAddress(of: account.id, for: purpose, locking: false)
        guard let change, change.confirmedAt == nil, now < change.challenge.expiresAt else {
          continue
        }
        pending[purpose] = change.email
      }
      return Profile(
        name: customer?.name ?? "", userName: account.email, mobile: customer?.smsNumber,
        correspondence: try transaction.correspondenceAddress(of: account.id), pending: pending,
        registeredAt: try transaction.accountCreatedAt(account.id))
    }
  }

  /// What the page of the code shows.
  package struct Standing: Hashable, Sendable {
    package let code: EmailCodeStanding
    /// What is used until the code was typed.
    package let present: EmailAddress
  }

  /// How a change stands; `nil` when none waits for its code.
  package func standing(
    of account: Account, for purpose: Purpose
  ) async throws -> Standing? {
    let now = world.now()
    return try await world.store.read { transaction in
      guard
        let pending = try transaction.pendingAddress(of: account.id, for: purpose, locking: false),
        pending.confirmedAt == nil
      else { return nil }
      let own =
        purpose == .correspondence ? try transaction.correspondenceAddress(of: account.id) : nil
      return Standing(
        code: EmailCodeStanding(
          pending.challenge, sentTo: pending.email, at: now, limits: world.limits),
        present: own ?? account.email)
    }
  }

  // MARK: Another address

  package enum Request: Hashable, Sendable {
    case codeSent
    /// It is what is used already.
    case unchanged
    /// Letters go to the user name again.
    case removed
    case wrongPassword
    /// It is another account's user name (D 7).
    case taken
    /// Too many addresses of others today (D 7).
    case tooManyTaken
    /// Too many codes today.
    case tooMany
    case overloaded
  }

  /// «Kód kérése», below the new address and the password.
  package func request(
    _ email: EmailAddress, for purpose: Purpose, password: String, of account: Int64
  ) async throws -> Request {
    try await opened(by: password, of: account) { transaction, account, now in
      let present = try present(purpose, of: account, in: transaction)
      if email == account.email, purpose == .correspondence {
        return try removeCorrespondence(of: account, in: transaction, at: now)
      }
      guard email != present else { return .unchanged }
      if try isOnItsWay(email, purpose, of: account, in: transaction, at: now) {
        return .codeSent
      }
      guard try maySend(purpose, to: email, for: account, in: transaction, at: now) else {
        return .tooMany
      }
      if purpose == .userName,
        let refusal = try refusal(of: email, for: account, in: transaction, at: now)
      {
        return refusal
      }
      let pending = PendingAddress(
        email: email, challenge: world.codes.newChallenge(.email(world.limits), at: now),
        confirmedAt: nil)
      try send(pending, for: purpose, of: account, in: transaction, at: now)
      return .codeSent
    }
  }

  /// «Ne legyen külön levelezési cím»: letters go to the user name again.
  package func removeCorrespondence(
    password: String, of account: Int64
  ) async throws -> Request {
    try await opened(by: password, of: account) { transaction, account, now in
      try removeCorrespondence(of: account, in: transaction, at: now)
    }
  }

  /// Asks for the password, and works on the account only while it is still that password's.
  private func opened(
    by password: String, of account: Int64,
    _ work: @escaping @Sendable (any Transaction, Account, Date) throws -> Request
  ) async throws -> Request {
    let now = world.now()
    let hash: String
    switch try await PasswordGate(world: world, passwords: passwords)
      .asks(password, of: account)
    {
    case .opened(let compared): hash = compared
    case .wrong: return .wrongPassword
    case .overloaded: return .overloaded
    }
    let outcome = try await world.store.write { transaction -> Request in
      let account = try transaction.heldAccount(account)
      guard try transaction.credentials(of: account.id)?.passwordHash == hash else {
        return .wrongPassword
      }
      return try work(transaction, account, now)
    }
    if [.codeSent, .removed, .taken].contains(outcome) { world.doorbell.ring() }
    return outcome
  }

  private func present(
    _ purpose: Purpose, of account: Account, in transaction: any Transaction
  ) throws -> EmailAddress {
    switch purpose {
    case .userName: account.email
    case .correspondence:
      try transaction.correspondenceAddress(of: account.id) ?? account.email
    }
  }

  /// The same click twice: the code is on its way to this very address.
  private func isOnItsWay(
    _ email: EmailAddress, _ purpose: Purpose, of account: Account,
    in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    let pending = try transaction.pendingAddress(of: account.id, for: purpose, locking: true)
    guard let pending, pending.confirmedAt == nil, pending.email.address == email.address else {
      return false
    }
    return pending.challenge.secondsUntilResend(at: now, limits: world.limits) > 0
  }

  /// Why an address cannot be a user name; its owner is told, once a day at most (D 7).
  private func refusal(
    of email: EmailAddress, for account: Account, in transaction: any Transaction, at now: Date
  ) throws -> Request? {
    let owner = try transaction.account(named: email)
    // A user name that its owner can still take back is nobody else's yet.
    let isReserved = try transaction.addressUndos(of: email, at: now)
      .contains { $0.account != account.id }
    guard owner != nil || isReserved else { return nil }
    let taken = EventCount(
      name: "taken_email", key: Array("\(account.id)".utf8), windowSeconds: 86_400)
    guard try transaction.usedAndHeld(taken, at: now) < world.limits.takenEmailsPerRegistration
    else { return .tooManyTaken }
    _ = try transaction.increase(taken, at: now)
    if let owner {
      try transaction.tell(owner, triedBy: account.customer, world.correspondence, at: now)
    }
    return .taken
  }

  /// The limit counts by recipient and by customer, so that nobody turns the portal into a mailer.
  private func maySend(
    _ purpose: Purpose, to email: EmailAddress, for account: Account,
    in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    let recent = try transaction.recentMessages(
      kind: purpose.codeKind, to: email.address, for: account.customer,
      since: now.addingTimeInterval(-86_400))
    return max(recent.toNumber, recent.forCustomer) < world.limits.emailsPerAccountPerDay
  }

  private func send(
    _ pending: PendingAddress, for purpose: Purpose, of account: Account,
    in transaction: any Transaction, at now: Date
  ) throws {
    let challenge = pending.challenge
    try transaction.save(pending, of: account.id, for: purpose)
    let sending =
      "\(hexadecimal(challenge.nonce.prefix(8)))/\(Int(now.timeIntervalSince1970))"
    try transaction.enqueue(
      world.correspondence.addressCode(
        purpose.codeKind, world.codes.code(of: challenge, .unambiguous), to: pending.email,
        of: account, sending: sending, expiring: challenge.expiresAt, at: now),
      at: now)
    try transaction.record(
      AuditEvent(
        kind: .addressCodeSent, detail: purpose.rawValue, customer: account.customer,
        account: account.id),
      at: now)
  }

  // MARK: A new code

  package enum Resend: Hashable, Sendable {
    case sent(isNewCode: Bool)
    case tooSoon(secondsLeft: Int)
    case tooMany
    /// No change waits for a code.
    case nothingPending
  }

  /// «Új kódot kérek».
  ///
  /// - Parameter mark: the ``SendingMark`` of the page on which it was pressed
  package func resendCode(
    for purpose: Purpose, of account: Int64, mark: String = ""
  ) async throws -> Resend {
    let now = world.now()
    let newChallenge = world.codes.newChallenge(.email(world.limits), at: now)
    let outcome = try await world.store.write { transaction -> Resend in
      let account = try transaction.heldAccount(account)
      guard
        let pending = try transaction.pendingAddress(of: account.id, for: purpose, locking: true),
        pending.confirmedAt == nil
      else { return .nothingPending }
      var challenge = pending.challenge
      if let isNewCode = SendingMark.missed(by: mark, challenge, at: now, limits: world.limits) {
        return .sent(isNewCode: isNewCode)
      }
      let resend = challenge.resend(at: now, limits: world.limits)
      if case .tooSoon(let secondsLeft) = resend { return .tooSoon(secondsLeft: secondsLeft) }
      guard try maySend(purpose, to: pending.email, for: account, in: transaction, at: now) else {
        return .tooMany
      }
      if resend == .new { challenge = newChallenge } else { challenge.wasSent(at: now) }
      try send(
        PendingAddress(email: pending.email, challenge: challenge, confirmedAt: nil),
        for: purpose, of: account, in: transaction, at: now)
      return .sent(isNewCode: resend == .new)
    }
    if case .sent = outcome { world.doorbell.ring() }
    return outcome
  }

  // MARK: The code

  package enum CodeOutcome: Hashable, Sendable {
    case changed
    /// It was changed before, by the first click of two perhaps.
    case alreadyChanged
    case nothingPending
    case wrong(triesLeft: Int)
    case expired
    case spent
    /// Another account took the address while the code was on its way.
    case taken
  }

  /// «Megerősítés», below the code from the e-mail.
  ///
  /// The address that is confirmed is the one in the code's own row: whichever request came last,
  /// its address and its code stand there together (attacks 33, 36).
  ///
  /// - Parameter session: the one that asks, which stays open when the user name changes
  package func enterCode(
    _ entry: CodeEntry, for purpose: Purpose, of account: Int64, session: Token?
  ) async throws -> CodeOutcome {
    let now = world.now()
    let undo = world.codes.newChallenge(.undo(world.limits), at: now)
    let outcome = try await world.store.write { transaction -> CodeOutcome in
      let account = try transaction.heldAccount(account)
      guard
        var pending = try transaction.pendingAddress(of: account.id, for: purpose, locking: true)
      else { return .nothingPending }
      guard pending.confirmedAt == nil else { return .alreadyChanged }
      let isRight = world.codes.matches(entry, pending.challenge, .unambiguous)
      let outcome = pending.challenge.try(matches: isRight, at: now)
      try transaction.save(pending, of: account.id, for: purpose)
      switch outcome {
      case .expired: return .expired
      case .spent: return .spent
      case .wrong(let triesLeft):
        try transaction.record(
          AuditEvent(
            kind: .addressCodeWrong, detail: purpose.rawValue, customer: account.customer,
            account: account.id),
          at: now)
        return .wrong(triesLeft: triesLeft)
      case .accepted:
        let confirmed = PendingAddress(
          email: pending.email, challenge: pending.challenge, confirmedAt: now)
        try transaction.save(confirmed, of: account.id, for: purpose)
        switch purpose {
        case .correspondence:
          return try useForLetters(confirmed, of: account, in: transaction, at: now)
        case .userName:
          return try useAsUserName(
            confirmed, of: account, session: session, undo: undo, in: transaction, at: now)
        }
      }
    }
    if outcome == .changed || outcome == .taken { world.doorbell.ring() }
    return outcome
  }
}

extension AddressChanges.Purpose {
  fileprivate var codeKind: Message.Kind {
    switch self {
    case .correspondence: .correspondenceCode
    case .userName: .userNameCode
    }
  }
}

extension Transaction {
  /// An account, held until the end of the transaction: changes of its addresses come one after
  /// another.
  func heldAccount(_ id: Int64) throws -> Account {
    guard let held = try emailConfirmation(of: id, locking: true) else {
      throw MissingRow("account")
    }
    return held.account
  }
}
