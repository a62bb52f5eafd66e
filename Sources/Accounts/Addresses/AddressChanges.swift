package import Domain
package import FoundationEssentials
internal import Outbox
internal import Persistence

/// Changes an account's user name and the address of its letters (J10).
///
/// Either is used only once the code sent to it has been entered. Where each letter goes: a code
/// goes to the address that it confirms; anything that concerns the account's safety goes to the
/// user name, and when that changes to the old and the new one, so that nobody can divert such
/// letters with another correspondence address; the correspondence address is for the insurer's own
/// letters, which its back office sends (R12).
package struct AddressChanges: Sendable {
  let world: World
  let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  private var codes: EmailedCodes { EmailedCodes(world: world) }

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
    /// Addresses that are waiting for their code.
    package let pending: [Purpose: EmailAddress]
    package let registeredAt: Date?
  }

  package func profile(of account: Account) async throws -> Profile {
    let now = world.now()
    return try await world.store.read { transaction in
      let customer = try transaction.register.customer(account.customer)
      var pending: [Purpose: EmailAddress] = [:]
      for purpose in Purpose.allCases {
        let change = try transaction.addresses.pending(of: account.id, for: purpose, locking: false)
        guard let change, change.confirmedAt == nil, now < change.challenge.expiresAt else {
          continue
        }
        pending[purpose] = change.email
      }
      return Profile(
        name: customer?.name ?? "", userName: account.email, mobile: customer?.smsNumber,
        correspondence: try transaction.addresses.correspondence(of: account.id), pending: pending,
        registeredAt: try transaction.accounts.createdAt(account.id))
    }
  }

  /// What the code's page shows.
  package struct Standing: Hashable, Sendable {
    package let code: EmailCodeStanding
    /// The address in use until the code is entered.
    package let present: EmailAddress
  }

  /// How a change stands; `nil` when none is waiting for its code.
  package func standing(
    of account: Account, for purpose: Purpose
  ) async throws -> Standing? {
    let now = world.now()
    return try await world.store.read { transaction in
      guard
        let pending = try transaction.addresses.pending(
          of: account.id, for: purpose, locking: false),
        pending.confirmedAt == nil
      else { return nil }
      let own =
        purpose == .correspondence ? try transaction.addresses.correspondence(of: account.id) : nil
      return Standing(
        code: EmailCodeStanding(
          pending.challenge, sentTo: pending.email, at: now, limits: world.limits),
        present: own ?? account.email)
    }
  }

  // MARK: Another address

  package enum RequestOutcome: Hashable, Sendable {
    case codeSent
    /// The address is in use already.
    case unchanged
    /// Letters go to the user name again.
    case removed
    case wrongPassword
    /// The address is another account's user name (D 7).
    case taken
    /// Too many addresses of other accounts today (D 7).
    case tooManyTaken
    /// Too many codes today.
    case tooMany
    case overloaded
  }

  /// «Kódot kérek», below the new address and the password.
  package func request(
    _ email: EmailAddress, for purpose: Purpose, password: String, of account: Account.ID
  ) async throws -> RequestOutcome {
    try await opened(by: password, of: account) { transaction, account, now in
      let present = try present(purpose, of: account, in: transaction)
      guard try mayChange(account, in: transaction, at: now) else { return .tooMany }
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
        email: email, challenge: codes.newChallenge(at: now), confirmedAt: nil)
      try send(pending, for: purpose, of: account, in: transaction, at: now)
      return .codeSent
    }
  }

  /// «Ne legyen külön levelezési cím»: letters go to the user name again.
  package func removeCorrespondence(
    password: String, of account: Account.ID
  ) async throws -> RequestOutcome {
    try await opened(by: password, of: account) { transaction, account, now in
      guard try mayChange(account, in: transaction, at: now) else { return .tooMany }
      return try removeCorrespondence(of: account, in: transaction, at: now)
    }
  }

  private func changes(_ account: Account) -> EventCount {
    EventCount(
      name: "address_change", key: Array("\(account.id)".utf8), windowSeconds: 86_400)
  }

  /// Whether an account's addresses may be changed once more today: each change writes to several
  /// places.
  private func mayChange(
    _ account: Account, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    try transaction.counts.usedAndHeld(changes(account), at: now)
      < world.limits.addressChangesPerAccountPerDay
  }

  func countChange(of account: Account, in transaction: any Transaction, at now: Date) throws {
    _ = try transaction.counts.increase(changes(account), at: now)
  }

  private func opened(
    by password: String, of account: Account.ID,
    _ work: @escaping @Sendable (any Transaction, Account, Date) throws -> RequestOutcome
  ) async throws -> RequestOutcome {
    let gate = PasswordGate(world: world, passwords: passwords)
    switch try await gate.whileUnchanged(password, of: account, work) {
    case .wrong: return .wrongPassword
    case .overloaded: return .overloaded
    case .done(let outcome):
      if [.codeSent, .removed, .taken].contains(outcome) { world.dispatchSignal.send() }
      return outcome
    }
  }

  private func present(
    _ purpose: Purpose, of account: Account, in transaction: any Transaction
  ) throws -> EmailAddress {
    switch purpose {
    case .userName: account.email
    case .correspondence:
      try transaction.addresses.correspondence(of: account.id) ?? account.email
    }
  }

  /// The same click twice: the code is already on its way to this address.
  private func isOnItsWay(
    _ email: EmailAddress, _ purpose: Purpose, of account: Account,
    in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    let pending = try transaction.addresses.pending(of: account.id, for: purpose, locking: true)
    guard let pending, pending.confirmedAt == nil, pending.email.address == email.address else {
      return false
    }
    return pending.challenge.secondsUntilResend(at: now, limits: world.limits) > 0
  }

  /// Why an address cannot be a user name; its owner is told, at most once a day (D 7).
  private func refusal(
    of email: EmailAddress, for account: Account, in transaction: any Transaction, at now: Date
  ) throws -> RequestOutcome? {
    var owner = try transaction.accounts.account(named: email)
    // Whoever enters the code that is sent there owns the mailbox; an account that never did
    // gives way then.
    if owner?.isConfirmed == false { owner = nil }
    // A user name that its owner can still take back is not free yet.
    let isReserved = try transaction.addresses.isReserved(email, for: account.id, at: now)
    guard owner != nil || isReserved else { return nil }
    let takenAddresses = TakenAddresses(world: world)
    guard try !takenAddresses.isLimitReached(by: account.id, in: transaction, at: now) else {
      return .tooManyTaken
    }
    try takenAddresses.refuse(account, anAddressOf: owner, in: transaction, at: now)
    return .taken
  }

  private func maySend(
    _ purpose: Purpose, to email: EmailAddress, for account: Account,
    in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    try codes.maySend(
      purpose.codeKind, to: email, for: account.customer, in: transaction, at: now)
  }

  private func send(
    _ pending: PendingAddress, for purpose: Purpose, of account: Account,
    in transaction: any Transaction, at now: Date
  ) throws {
    let challenge = pending.challenge
    try transaction.addresses.save(pending, of: account.id, for: purpose)
    try transaction.enqueue(
      world.correspondence.addressCode(
        purpose.codeKind, codes.code(of: challenge), to: pending.email, of: account,
        sending: challenge.sending(at: now), expiring: challenge.expiresAt, at: now),
      to: account, at: now)
    try transaction.record(
      AuditEvent(
        kind: .addressCodeSent, detail: purpose.rawValue, customer: account.customer,
        account: account.id),
      at: now)
  }

  // MARK: A new code

  /// «Új kódot kérek».
  ///
  /// - Parameter mark: the ``SendingMark`` of the page on which it was pressed
  package func resendCode(
    for purpose: Purpose, of account: Account.ID, mark: String = ""
  ) async throws -> CodeResendOutcome {
    let now = world.now()
    let newChallenge = codes.newChallenge(at: now)
    let outcome = try await world.store.write { transaction -> CodeResendOutcome in
      let account = try transaction.accounts.held(account)
      guard
        let pending = try transaction.addresses.pending(
          of: account.id, for: purpose, locking: true),
        pending.confirmedAt == nil
      else { return .notAwaited }
      return try codes.resend(
        pending.challenge, mark: mark, drawing: newChallenge, at: now,
        maySend: {
          try maySend(purpose, to: pending.email, for: account, in: transaction, at: now)
        },
        send: { challenge, _ in
          let again = PendingAddress(email: pending.email, challenge: challenge, confirmedAt: nil)
          try send(again, for: purpose, of: account, in: transaction, at: now)
        })
    }
    if case .sent = outcome { world.dispatchSignal.send() }
    return outcome
  }

  // MARK: The code

  package enum Outcome: Hashable, Sendable {
    case changed
    /// The change was made before, perhaps by the first of two clicks.
    case alreadyChanged
    case nothingPending
    case mistake(CodeMistake)
    /// Another account took the address while the code was on its way.
    case taken
  }

  /// «Megerősítés», below the code from the e-mail.
  ///
  /// The address that is confirmed is the one in the code's own row: whichever request came last,
  /// its address and its code are there together (attacks 33, 36).
  ///
  /// - Parameter session: the requesting one, which stays open when the user name changes
  package func enterCode(
    _ entry: CodeEntry, for purpose: Purpose, of account: Account.ID, session: Token?
  ) async throws -> Outcome {
    let now = world.now()
    let undo = world.codes.newChallenge(.undo(world.limits), at: now)
    let outcome = try await world.store.write { transaction -> Outcome in
      let account = try transaction.accounts.held(account)
      guard
        var pending = try transaction.addresses.pending(of: account.id, for: purpose, locking: true)
      else { return .nothingPending }
      guard pending.confirmedAt == nil else { return .alreadyChanged }
      let mistake = codes.try(entry, &pending.challenge, at: now)
      try transaction.addresses.save(pending, of: account.id, for: purpose)
      if case .wrong = mistake {
        try transaction.record(
          AuditEvent(
            kind: .addressCodeWrong, detail: purpose.rawValue, customer: account.customer,
            account: account.id),
          at: now)
      }
      if let mistake { return .mistake(mistake) }
      let confirmed = PendingAddress(
        email: pending.email, challenge: pending.challenge, confirmedAt: now)
      try transaction.addresses.save(confirmed, of: account.id, for: purpose)
      switch purpose {
      case .correspondence:
        return try useForLetters(confirmed, of: account, in: transaction, at: now)
      case .userName:
        return try useAsUserName(
          confirmed, of: account, session: session, undo: undo, in: transaction, at: now)
      }
    }
    if outcome == .changed || outcome == .taken { world.dispatchSignal.send() }
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
