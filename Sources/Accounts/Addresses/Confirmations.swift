package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// Confirms a new account's e-mail address (J9).
package struct Confirmations: Sendable {
  private let world: World
  private let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  private var codes: EmailedCodes { EmailedCodes(world: world) }

  /// How the confirmation stands; `nil` when the address is confirmed.
  package func standing(of account: Account.ID) async throws -> EmailCodeStanding? {
    let now = world.now()
    return try await world.store.read(.oneStatement) { transaction in
      guard
        let confirmation = try transaction.accounts.emailConfirmation(of: account, locking: false),
        !confirmation.account.isConfirmed
      else { return nil }
      return EmailCodeStanding(
        confirmation.challenge, sentTo: confirmation.account.email, at: now, limits: world.limits)
    }
  }

  package enum Outcome: Hashable, Sendable {
    case confirmed
    /// The address was confirmed before, perhaps in another tab.
    case alreadyConfirmed
    case mistake(CodeMistake)
  }

  /// «Megerősítés», below the code from the e-mail.
  package func enterCode(_ entry: CodeEntry, of account: Account.ID) async throws -> Outcome {
    let now = world.now()
    return try await world.store.write { transaction in
      var confirmation = try transaction.accounts.heldConfirmation(of: account)
      guard !confirmation.account.isConfirmed else { return .alreadyConfirmed }
      let mistake = codes.try(entry, &confirmation.challenge, at: now)
      let customer = confirmation.account.customer
      if mistake != nil { try transaction.accounts.save(confirmation.challenge, of: account) }
      switch mistake {
      case .expired, .spent: break
      case .wrong:
        try transaction.record(
          AuditEvent(kind: .emailCodeWrong, customer: customer, account: account), at: now)
      case nil:
        try transaction.accounts.confirmEmail(
          of: account, with: confirmation.challenge, at: now)
        try transaction.record(
          AuditEvent(kind: .emailConfirmed, customer: customer, account: account), at: now)
      }
      return mistake.map { .mistake($0) } ?? .confirmed
    }
  }

  /// «Új kódot kérek».
  ///
  /// - Parameter mark: the ``SendingMark`` of the page on which it was pressed
  package func resendCode(
    of account: Account.ID, mark: String = ""
  ) async throws -> CodeResendOutcome {
    let now = world.now()
    let newChallenge = codes.newChallenge(at: now)
    let outcome = try await world.store.write { transaction -> CodeResendOutcome in
      let confirmation = try transaction.accounts.heldConfirmation(of: account)
      let account = confirmation.account
      guard !account.isConfirmed else { return .notAwaited }
      return try codes.resend(
        confirmation.challenge, mark: mark, drawing: newChallenge, at: now,
        maySend: { try maySend(to: account, in: transaction, at: now) },
        send: { challenge, _ in try send(challenge, to: account, in: transaction, at: now) })
    }
    if case .sent = outcome { world.dispatchSignal.send() }
    return outcome
  }

  package enum CorrectionOutcome: Hashable, Sendable {
    case corrected
    case wrongPassword
    case taken
    /// Too many addresses of other accounts today (D 7).
    case tooManyTaken
    case tooMany
    case alreadyConfirmed
    case overloaded
  }

  /// Corrects a mistyped address; the code sent to the old one is dead.
  package func correctEmail(
    to email: EmailAddress, password: String, of account: Account.ID
  ) async throws -> CorrectionOutcome {
    let gate = PasswordGate(world: world, passwords: passwords)
    let passage = try await gate.whileUnchanged(password, of: account) {
      try correct($1, to: email, in: $0, at: $2)
    }
    switch passage {
    case .wrong: return .wrongPassword
    case .overloaded: return .overloaded
    case .done(let outcome):
      if outcome == .corrected || outcome == .taken { world.dispatchSignal.send() }
      return outcome
    }
  }

  func correct(
    _ account: Account, to email: EmailAddress, in transaction: any Transaction, at now: Date
  ) throws -> CorrectionOutcome {
    guard !account.isConfirmed else { return .alreadyConfirmed }
    // The same click twice: the code is already on its way to this address.
    guard account.email.address != email.address else { return .corrected }
    let corrected = Account(
      id: account.id, customer: account.customer, email: email, emailConfirmedAt: nil,
      language: account.language, standing: account.standing)
    guard try maySend(to: corrected, in: transaction, at: now) else { return .tooMany }
    let takenAddresses = TakenAddresses(world: world)
    guard try !takenAddresses.isLimitReached(by: account.id, in: transaction, at: now) else {
      return .tooManyTaken
    }
    let (owner, isTaken) = try takenAddresses.owner(
      of: email, for: account.customer, in: transaction, at: now)
    guard !isTaken, try transaction.accounts.correctEmail(of: account.id, to: email) else {
      try takenAddresses.refuse(account, anAddressOf: owner, in: transaction, at: now)
      return .taken
    }
    try send(codes.newChallenge(at: now), to: corrected, in: transaction, at: now)
    try transaction.record(
      AuditEvent(kind: .emailCorrected, customer: corrected.customer, account: account.id), at: now)
    return .corrected
  }

  func maySend(
    to account: Account, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    try codes.maySend(
      .emailCode, to: account.email, for: account.customer, in: transaction, at: now)
  }

  /// The challenge to send when somebody asks again, whose pause staff do not wait for.
  func again(_ challenge: Challenge, at now: Date) -> Challenge {
    var sent = challenge
    switch challenge.resend(at: now, limits: world.limits) {
    case .tooSoon, .same: sent.wasSent(at: now)
    case .new: sent = codes.newChallenge(at: now)
    }
    return sent
  }

  func send(
    _ challenge: Challenge, to account: Account, in transaction: any Transaction, at now: Date
  ) throws {
    try transaction.accounts.save(challenge, of: account.id)
    try transaction.enqueue(
      world.correspondence.emailCode(
        codes.code(of: challenge), to: account.email, account: account.id,
        sending: challenge.sending(at: now), for: account.customer,
        in: account.language, expiring: challenge.expiresAt, at: now),
      to: account, at: now)
    try transaction.record(
      AuditEvent(kind: .emailCodeSent, customer: account.customer, account: account.id), at: now)
  }
}
