internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence
internal import Wording

/// The password, and with it the account (J6, J7).
extension Registrations {
  package enum PasswordOutcome: Hashable, Sendable {
    /// The account exists, and that is durable (R5).
    case registered
    case refused([PasswordPolicy.Refusal])
    /// The address was taken meanwhile.
    case emailTaken
    case stopped
    /// Another registration of the same customer was faster.
    case alreadyRegistered
    /// Too many hashes are waiting (D 3).
    case overloaded
    case expired
    case outOfTurn
    case unknown
  }

  /// «Befejezés».
  package func choosePassword(_ password: String, in token: Token) async throws -> PasswordOutcome {
    let now = world.now()
    let found = try await world.store.read { try $0.registration(token, locking: false) }
    guard let found else { return .unknown }
    switch found.completion(at: now) {
    case .expired: return .expired
    case .outOfTurn: return .outOfTurn
    case .ready(_, let contact):
      let refusals = passwords.refusals(of: password, email: contact.email)
      guard refusals.isEmpty else { return .refused(refusals) }
    }
    // Outside the transaction: a slow hash must not keep the database waiting.
    let hash: String
    do { hash = try await passwords.hash(password) } catch is HashingQueue.Overloaded {
      return .overloaded
    }
    let outcome = try await world.store.write { transaction in
      try finish(token, passwordHash: hash, in: transaction, at: now)
    }
    if outcome == .registered { world.doorbell.ring() }
    return outcome
  }

  private func finish(
    _ token: Token, passwordHash: String, in transaction: any Transaction, at now: Date
  ) throws -> PasswordOutcome {
    guard var registration = try transaction.registration(token, locking: true) else {
      return .unknown
    }
    guard case .ready(let customer, let contact) = registration.completion(at: now) else {
      return .outOfTurn
    }
    guard let number = try numberToText(of: customer, in: transaction) else {
      registration.lostCustomer()
      try transaction.save(registration)
      return .stopped
    }
    let account = NewAccount(
      customer: customer, email: contact.email, passwordHash: passwordHash,
      language: registration.language, registration: registration.id,
      challenge: world.codes.newChallenge(.email(limits), at: now))
    let existing = try transaction.existingAccount(of: customer, locking: true)
    let id: Int64?
    if let existing {
      id = try registerAgain(
        existing, as: account, registration, in: transaction, at: now)
    } else {
      id = try transaction.insert(account, at: now)
    }
    guard let id else {
      return try giveWay(
        &registration, customer, contact.email, existing, in: transaction, at: now)
    }
    registration.finish()
    try transaction.save(registration)
    try transaction.declare(
      contact.declarations, account: id, registration: registration.id, at: now)
    try queueWelcome(
      account, id: id, isAgain: existing != nil, contact, to: number, in: transaction, at: now)
    try transaction.record(
      AuditEvent(
        kind: existing == nil ? .registered : .registeredAgain, customer: customer,
        registration: registration.id, account: id),
      at: now)
    return .registered
  }

  /// Puts a new address and password in the place of those of an account that was never confirmed
  /// (D 4): who has the phone is the customer, whoever had the address.
  ///
  /// - Returns: the account's id, or `nil` when the account stops the registration, or the address
  ///   is somebody else's.
  private func registerAgain(
    _ existing: ExistingAccount, as new: NewAccount, _ registration: Registration,
    in transaction: any Transaction, at now: Date
  ) throws -> Int64? {
    let id = existing.account.id
    guard !existing.stops(registrationOf: registration.proof?.sentAt),
      try transaction.registerAgain(new, id: id, at: now)
    else { return nil }
    try transaction.endSessions(of: id, at: now)
    for email in Set([existing.account.email, new.email]) {
      try transaction.forgetThrottle(ofUserName: sha256(Array(email.canonical.utf8)))
      try transaction.enqueue(
        world.correspondence.registeredAgain(
          existing.account, to: email, registration: registration.id, at: now),
        at: now)
    }
    return id
  }

  private func giveWay(
    _ registration: inout Registration, _ customer: CustomerNumber, _ email: EmailAddress,
    _ existing: ExistingAccount?, in transaction: any Transaction, at now: Date
  ) throws -> PasswordOutcome {
    let outcome: PasswordOutcome
    let isOvertaken =
      try existing?.stops(registrationOf: registration.proof?.sentAt)
      ?? (transaction.account(of: customer) != nil)
    if isOvertaken {
      registration.wasOvertaken()
      outcome = .alreadyRegistered
    } else {
      outcome = registration.lostEmail(limits: limits) == .stopped ? .stopped : .emailTaken
      if let owner = try transaction.account(named: email) {
        try transaction.tell(
          owner, triedBy: customer, in: registration, world.correspondence, at: now)
      }
    }
    try transaction.save(registration)
    return outcome
  }

  private func queueWelcome(
    _ account: NewAccount, id: Int64, isAgain: Bool, _ contact: Registration.Contact,
    to number: PhoneNumber, in transaction: any Transaction, at now: Date
  ) throws {
    let (customer, language) = (account.customer, account.language)
    let again = isAgain ? "\(account.registration)" : nil
    let correspondence = world.correspondence
    try transaction.enqueue(
      correspondence.registered(
        to: number, account: id, again: again, for: customer, in: language, at: now),
      at: now)
    // The very words that were accepted, whatever this instance shows by now.
    guard let accepted = contact.declarations.first(where: { $0.kind == .contract }),
      let words = try transaction.declaredText(accepted)
    else { throw MissingRow("accepted contract") }
    try transaction.enqueue(
      correspondence.contract(
        Document(name: .contract, language: words.language, html: words.text),
        version: accepted.version, to: account.email, account: id, again: again, for: customer,
        in: language, at: now),
      at: now)
    try transaction.enqueue(
      correspondence.emailCode(
        world.codes.code(of: account.challenge, .unambiguous), to: account.email,
        account: id, sending: hexadecimal(account.challenge.nonce.prefix(8)), for: customer,
        in: language, expiring: account.challenge.expiresAt, at: now),
      at: now)
  }
}
