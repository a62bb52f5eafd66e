internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// The desk where a new account's e-mail address is confirmed (J9).
package struct Confirmations: Sendable {
  private let world: World
  private let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  /// How the confirmation stands; `nil` when the address is confirmed.
  package func standing(of account: Int64) async throws -> EmailCodeStanding? {
    let now = world.now()
    return try await world.store.read { transaction in
      guard
        let confirmation = try transaction.emailConfirmation(of: account, locking: false),
        !confirmation.account.isConfirmed
      else { return nil }
      return EmailCodeStanding(
        confirmation.challenge, sentTo: confirmation.account.email, at: now, limits: world.limits)
    }
  }

  package enum CodeOutcome: Hashable, Sendable {
    case confirmed
    /// It was confirmed before, in another tab perhaps.
    case alreadyConfirmed
    case wrong(triesLeft: Int)
    case expired
    case spent
  }

  /// «Megerősítés», below the code from the e-mail.
  package func enterCode(_ entry: CodeEntry, of account: Int64) async throws -> CodeOutcome {
    let now = world.now()
    return try await world.store.write { transaction in
      guard var confirmation = try transaction.emailConfirmation(of: account, locking: true) else {
        throw MissingRow("account")
      }
      guard !confirmation.account.isConfirmed else { return .alreadyConfirmed }
      let isRight = world.codes.matches(entry, confirmation.challenge, .unambiguous)
      let outcome = confirmation.challenge.try(matches: isRight, at: now)
      try transaction.save(confirmation.challenge, of: account)
      switch outcome {
      case .expired: return .expired
      case .spent: return .spent
      case .wrong(let triesLeft):
        try transaction.record(
          AuditEvent(
            kind: .emailCodeWrong, customer: confirmation.account.customer, account: account),
          at: now)
        return .wrong(triesLeft: triesLeft)
      case .accepted:
        _ = try transaction.confirmEmail(of: account, at: now)
        try transaction.record(
          AuditEvent(
            kind: .emailConfirmed, customer: confirmation.account.customer, account: account),
          at: now)
        return .confirmed
      }
    }
  }

  package enum ResendOutcome: Hashable, Sendable {
    case sent(isNewCode: Bool)
    case tooSoon(secondsLeft: Int)
    case tooMany
    case alreadyConfirmed
  }

  /// «Új kódot kérek».
  ///
  /// - Parameter mark: the ``SendingMark`` of the page on which it was pressed
  package func resendCode(
    of account: Int64, mark: String = ""
  ) async throws -> ResendOutcome {
    let now = world.now()
    let newChallenge = world.codes.newChallenge(.email(world.limits), at: now)
    let outcome = try await world.store.write { transaction -> ResendOutcome in
      guard let confirmation = try transaction.emailConfirmation(of: account, locking: true) else {
        throw MissingRow("account")
      }
      guard !confirmation.account.isConfirmed else { return .alreadyConfirmed }
      var challenge = confirmation.challenge
      if let isNewCode = SendingMark.missed(by: mark, challenge, at: now, limits: world.limits) {
        return .sent(isNewCode: isNewCode)
      }
      let resend = challenge.resend(at: now, limits: world.limits)
      if case .tooSoon(let secondsLeft) = resend { return .tooSoon(secondsLeft: secondsLeft) }
      guard try maySend(to: confirmation.account, in: transaction, at: now) else {
        return .tooMany
      }
      if resend == .new { challenge = newChallenge } else { challenge.wasSent(at: now) }
      try send(challenge, to: confirmation.account, in: transaction, at: now)
      return .sent(isNewCode: resend == .new)
    }
    if case .sent = outcome { world.doorbell.ring() }
    return outcome
  }

  package enum CorrectionOutcome: Hashable, Sendable {
    case corrected
    case wrongPassword
    case taken
    /// Too many addresses of others today (D 7).
    case tooManyTaken
    case tooMany
    case alreadyConfirmed
    case overloaded
  }

  /// Corrects a mistyped address; the code that went to the old one is dead.
  package func correctEmail(
    to email: EmailAddress, password: String, of account: Int64
  ) async throws -> CorrectionOutcome {
    let now = world.now()
    switch try await PasswordGate(world: world, passwords: passwords)
      .asks(password, of: account)
    {
    case .opened: break
    case .wrong: return .wrongPassword
    case .overloaded: return .overloaded
    }
    let challenge = world.codes.newChallenge(.email(world.limits), at: now)
    let outcome = try await world.store.write { transaction -> CorrectionOutcome in
      guard let confirmation = try transaction.emailConfirmation(of: account, locking: true) else {
        throw MissingRow("account")
      }
      guard !confirmation.account.isConfirmed else { return .alreadyConfirmed }
      // The same click twice: the code is on its way to this very address.
      guard confirmation.account.email.address != email.address else { return .corrected }
      let corrected = Account(
        id: account, customer: confirmation.account.customer, email: email, emailConfirmedAt: nil,
        language: confirmation.account.language)
      guard try maySend(to: corrected, in: transaction, at: now) else { return .tooMany }
      let taken = EventCount(
        name: "taken_email", key: Array("\(account)".utf8), windowSeconds: 86_400)
      guard try transaction.used(taken, at: now) < world.limits.takenEmailsPerRegistration else {
        return .tooManyTaken
      }
      guard try transaction.correctEmail(of: account, to: email) else {
        _ = try transaction.increase(taken, at: now)
        if let owner = try transaction.account(named: email) {
          try transaction.tell(
            owner, triedBy: corrected.customer, world.correspondence, at: now)
        }
        return .taken
      }
      try send(challenge, to: corrected, in: transaction, at: now)
      try transaction.record(
        AuditEvent(kind: .emailCorrected, customer: corrected.customer, account: account), at: now)
      return .corrected
    }
    if outcome == .corrected || outcome == .taken { world.doorbell.ring() }
    return outcome
  }

  /// The limit counts by recipient and by customer, so that a chain of corrections does not turn
  /// the portal into a mailer.
  private func maySend(
    to account: Account, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    let recent = try transaction.recentMessages(
      kind: .emailCode, to: account.email.address, for: account.customer,
      since: now.addingTimeInterval(-86_400))
    return max(recent.toNumber, recent.forCustomer) < world.limits.emailsPerAccountPerDay
  }

  private func send(
    _ challenge: Challenge, to account: Account, in transaction: any Transaction, at now: Date
  ) throws {
    try transaction.save(challenge, of: account.id)
    let sending =
      "\(hexadecimal(challenge.nonce.prefix(8)))/\(Int(now.timeIntervalSince1970))"
    try transaction.enqueue(
      world.correspondence.emailCode(
        world.codes.code(of: challenge, .unambiguous), to: account.email, account: account.id,
        sending: sending, for: account.customer, in: account.language,
        expiring: challenge.expiresAt, at: now),
      at: now)
    try transaction.record(
      AuditEvent(kind: .emailCodeSent, customer: account.customer, account: account.id), at: now)
  }
}
