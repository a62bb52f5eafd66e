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
  ///
  /// - Parameter standing: if it has just been read: a hash is worth nothing to a registration that
  ///   has not come this far
  package func choosePassword(
    _ password: String, in token: Token, standing: Standing? = nil
  ) async throws -> PasswordOutcome {
    let now = world.now()
    let present =
      if let standing { standing } else { try await self.standing(of: token) }
    guard let present else { return .unknown }
    switch present.step {
    case .expired: return .expired
    case .identification, .phone, .email, .finished, .alreadyRegistered, .stopped:
      return .outOfTurn
    case .password(let email, _, _):
      let refusals = passwords.refusals(of: password, email: email)
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
    if outcome == .registered { world.dispatchSignal.send() }
    return outcome
  }

  private func finish(
    _ token: Token, passwordHash: String, in transaction: any Transaction, at now: Date
  ) throws -> PasswordOutcome {
    guard var registration = try transaction.registrations.registration(token, locking: true) else {
      return .unknown
    }
    let (customer, contact): (CustomerNumber, Registration.Contact)
    switch registration.completion(at: now) {
    case .ready(let number, let given): (customer, contact) = (number, given)
    case .expired: return .expired
    case .outOfTurn: return .outOfTurn
    }
    guard let number = try numberToText(of: customer, in: transaction) else {
      registration.lostCustomer()
      try transaction.registrations.save(registration)
      return .stopped
    }
    let account = NewAccount(
      customer: customer, email: contact.email, passwordHash: passwordHash,
      language: registration.language, registration: registration.id,
      challenge: world.codes.newChallenge(.email(limits), at: now))
    var id = try transaction.accounts.insert(account, at: now)
    var existing: ExistingAccount?
    if id == nil {
      existing = try transaction.accounts.existing(of: customer, locking: true)
      // An undo may have reserved the address since it was given.
      if let existing,
        try !transaction.addresses.isReserved(contact.email, for: existing.account.id, at: now)
      {
        id = try registerAgain(existing, as: account, registration, in: transaction, at: now)
      }
    }
    guard let id else {
      return try giveWay(
        &registration, customer, contact.email, existing, in: transaction, at: now)
    }
    registration.finish()
    try transaction.registrations.save(registration)
    try transaction.declarations.declare(
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

  /// Replaces the address and password of an account that was never confirmed (D 4): whoever has
  /// the phone is the customer, no matter who had the address.
  ///
  /// - Returns: the account's id, or `nil` when the account stops the registration, or the address
  ///   is somebody else's.
  private func registerAgain(
    _ existing: ExistingAccount, as new: NewAccount, _ registration: Registration,
    in transaction: any Transaction, at now: Date
  ) throws -> Account.ID? {
    let id = existing.account.id
    guard !existing.stops(registrationOf: registration.proof?.sentAt),
      try transaction.accounts.registerAgain(new, id: id, at: now)
    else { return nil }
    try transaction.sessions.endAll(of: id, at: now)
    if existing.account.standing.awaitsNewProof {
      try begin(existing.account, anewWith: new.email, in: transaction, at: now)
    }
    for email in Set([existing.account.email, new.email]) {
      try LoginCounts.forget(email, in: transaction)
      try transaction.enqueue(
        world.correspondence.registeredAgain(
          existing.account, to: email, registration: registration.id, at: now),
        to: existing.account, at: now)
    }
    return id
  }

  /// The SMS code has proven the customer anew (D 12): nothing that a thief may have left behind
  /// stays.
  private func begin(
    _ account: Account, anewWith email: EmailAddress, in transaction: any Transaction, at now: Date
  ) throws {
    try transaction.accountLocks.end(
      on: account.id, by: .program(because: "registered anew"), at: now)
    try transaction.recoveries.kill(of: account.id, at: now)
    try transaction.devices.forget(of: account.id)
    try transaction.addresses.useUndos(of: account.id, at: now)
    for purpose in AddressChanges.Purpose.allCases {
      try transaction.addresses.removePending(of: account.id, for: purpose)
    }
    if let letters = try transaction.addresses.correspondence(of: account.id) {
      try transaction.addresses.removeCorrespondence(of: account.id)
      try transaction.handOvers.add(
        .correspondenceEmail, of: account.id, from: letters.address, to: nil, at: now)
    }
    if account.email != email {
      try transaction.handOvers.add(
        .userName, of: account.id, from: account.email.address, to: email.address, at: now)
    }
    try transaction.record(
      AuditEvent(
        kind: .accountUnlocked, detail: AccountStanding.Lock.newProof.rawValue,
        customer: account.customer, account: account.id),
      at: now)
  }

  private func giveWay(
    _ registration: inout Registration, _ customer: CustomerNumber, _ email: EmailAddress,
    _ existing: ExistingAccount?, in transaction: any Transaction, at now: Date
  ) throws -> PasswordOutcome {
    let outcome: PasswordOutcome
    let isOvertaken =
      try existing?.stops(registrationOf: registration.proof?.sentAt)
      ?? (transaction.accounts.account(of: customer) != nil)
    if isOvertaken {
      registration.wasOvertaken()
      outcome = .alreadyRegistered
    } else {
      outcome = registration.lostEmail(limits: limits) == .stopped ? .stopped : .emailTaken
      if let owner = try transaction.accounts.account(named: email) {
        try TakenAddresses(world: world).tell(
          owner, triedBy: customer, of: registration, in: transaction, at: now)
      }
    }
    try transaction.registrations.save(registration)
    return outcome
  }

  private func queueWelcome(
    _ account: NewAccount, id: Account.ID, isAgain: Bool, _ contact: Registration.Contact,
    to number: PhoneNumber, in transaction: any Transaction, at now: Date
  ) throws {
    let (customer, language) = (account.customer, account.language)
    let again = isAgain ? "\(account.registration)" : nil
    let correspondence = world.correspondence
    // The exact text that was accepted, also when this instance no longer shows it.
    guard let accepted = contact.declarations.first(where: { $0.kind == .contract }),
      let words = try world.declaredTexts.text(of: accepted)
        ?? transaction.declarations.text(accepted)
    else { throw MissingRow("accepted contract") }
    var messages = [
      correspondence.contract(
        words.text, version: accepted.version, to: account.email, account: id, again: again,
        for: customer, in: language, at: now),
      correspondence.emailCode(
        world.codes.code(of: account.challenge, .unambiguous), to: account.email,
        account: id, sending: hexadecimal(account.challenge.nonce.prefix(8)), isFirst: !isAgain,
        for: customer, in: language, expiring: account.challenge.expiresAt, at: now),
    ]
    if try SMSNotices(world: world).maySend(about: id, in: transaction, at: now) {
      messages.insert(
        correspondence.registered(
          to: number, account: id, again: again, for: customer, in: language, at: now),
        at: 0)
    }
    try transaction.enqueue(messages, at: now)
  }
}
