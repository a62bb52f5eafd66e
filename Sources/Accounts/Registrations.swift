internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence
internal import Wording

/// The registration desk: one method for each button of the journey (J2 to J6).
///
/// Each is one transaction: load, decide (``Registration``), save, queue the message, answer. What
/// a customer may not do is an answer, not an error; what is thrown is breakage, and undoes all.
package struct Registrations: Sendable {
  let world: World
  private let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  private var limits: Limits { world.limits }

  /// The rules that the page of the password shows.
  package var passwordPolicy: PasswordPolicy { passwords.policy }

  // MARK: Identification (J2, J3)

  /// Where a click came from.
  package struct Visit: Sendable {
    /// The registration that the browser has open, if any.
    package let token: Token?
    /// The form's own token: the same click twice opens one registration.
    package let form: [UInt8]
    package let language: Language
    /// The network address, for the limit that is counted by address; `nil` where all customers
    /// would share one.
    package let address: String?

    package init(token: Token?, form: [UInt8], language: Language, address: String?) {
      self.token = token
      self.form = form
      self.language = language
      self.address = address
    }
  }

  package struct Identified: Hashable, Sendable {
    package let outcome: IdentificationOutcome
    package let token: Token
    package let caseNumber: CaseNumber
  }

  package enum IdentificationOutcome: Hashable, Sendable {
    /// A code is on its way.
    case codeSent
    case noMatch
    /// Too many failed tries with this number or from this address.
    case limited(retryAfterSeconds: Int)
    case tooManyMessages(Registration.MessageLimit)
    case smsStepDisabled
    /// Too many wrong codes of all customers today; the call centre helps (D 1).
    case suspended
  }

  /// «Tovább», below the number and the mobile number.
  package func identify(_ claim: Claim, on visit: Visit) async throws -> Identified {
    let now = world.now()
    let challenge = world.codes.newChallenge(.sms(limits), at: now)
    let caseNumber = CaseNumber(drawing: world.randomBytes(32))
    let identified: Identified
    do {
      identified = try await world.store.write { transaction in
        var (registration, token) = try open(
          visit, caseNumber: caseNumber, in: transaction, at: now)
        registration.language = visit.language
        let outcome = try decide(
          claim, on: visit, &registration, drawing: challenge, in: transaction, at: now)
        try transaction.save(registration)
        return Identified(outcome: outcome, token: token, caseNumber: registration.caseNumber)
      }
    } catch is SMSBudget.Spent {
      return try await suspend(visit, caseNumber: caseNumber, at: now)
    }
    if identified.outcome == .codeSent { world.doorbell.ring() }
    return identified
  }

  /// Nothing can be sent to anybody: the page says so, and the call centre finds the case (D 5).
  private func suspend(
    _ visit: Visit, caseNumber: CaseNumber, at now: Date
  ) async throws -> Identified {
    try await world.store.write { transaction in
      let (registration, token) = try open(
        visit, caseNumber: caseNumber, in: transaction, at: now)
      try transaction.record(
        AuditEvent(kind: .smsLimit, detail: "budget", registration: registration.id), at: now)
      return Identified(outcome: .suspended, token: token, caseNumber: registration.caseNumber)
    }
  }

  /// What was typed cannot be a claim: the page tells it, and the call centre finds it (D 5).
  ///
  /// - Parameter mistakes: what is wrong with which field, with nothing of what was typed
  package func refuse(_ mistakes: String, on visit: Visit) async throws -> (Token, CaseNumber) {
    let now = world.now()
    let caseNumber = CaseNumber(drawing: world.randomBytes(32))
    return try await world.store.write { transaction in
      let (registration, token) = try open(
        visit, caseNumber: caseNumber, in: transaction, at: now)
      try transaction.record(
        AuditEvent(kind: .claimInvalid, detail: mistakes, registration: registration.id), at: now)
      return (token, registration.caseNumber)
    }
  }

  /// How often one form may begin anew, after what it opened has come to its end.
  private static let opensPerForm: ClosedRange<UInt8> = 1...20

  private func open(
    _ visit: Visit, caseNumber: CaseNumber, in transaction: any Transaction, at now: Date
  ) throws -> (Registration, Token) {
    if let current = visit.token,
      let registration = try transaction.registration(current, locking: true),
      registration.isOpen(at: now)
    {
      return (registration, current)
    }
    // The same click twice finds what the first one opened. A page that is sent once more after the
    // end of that registration opens another one.
    for turn in Self.opensPerForm {
      if let opened = try open(
        click: visit.form + [turn], visit, caseNumber: caseNumber, in: transaction, at: now)
      {
        return opened
      }
    }
    // A page that somebody sends for ever has lost its claim to be one click.
    let click = world.randomBytes(32)
    guard
      let opened = try open(
        click: click, visit, caseNumber: caseNumber, in: transaction, at: now)
    else { throw MissingRow("open registration") }
    return opened
  }

  private func open(
    click: [UInt8], _ visit: Visit, caseNumber: CaseNumber, in transaction: any Transaction,
    at now: Date
  ) throws -> (Registration, Token)? {
    let token = Token(bytes: world.keys.sign(click, for: .registrationToken))
    try transaction.open(
      key: sha256(click), token: token, caseNumber: caseNumber, language: visit.language,
      at: now, expiring: now.addingTimeInterval(Double(limits.registrationLifetimeSeconds)))
    // Found by its token, which is another one after the proof: the page that was before it must
    // not move what was proven.
    guard let registration = try transaction.registration(token, locking: true),
      registration.isOpen(at: now)
    else { return nil }
    return (registration, token)
  }

  private func decide(
    _ claim: Claim, on visit: Visit, _ registration: inout Registration,
    drawing challenge: Challenge, in transaction: any Transaction, at now: Date
  ) throws -> IdentificationOutcome {
    let counts = mismatchCounts(of: claim, on: visit)
    for (count, limit) in counts where try transaction.usedAndHeld(count, at: now) >= limit {
      try transaction.record(
        AuditEvent(kind: .mismatchLimit, detail: count.name, registration: registration.id),
        at: now)
      return .limited(retryAfterSeconds: count.secondsLeft(at: now))
    }
    let answer = try transaction.lookUp(claim.number)
    let comparison = claim.compare(
      with: answer.customer, isOldNumber: answer.isOldNumber, limits: limits)
    switch comparison {
    case .failure(let refused):
      for (count, _) in counts { _ = try transaction.increase(count, at: now) }
      try transaction.record(
        AuditEvent(
          kind: .mismatch, detail: refused.reason.rawValue, customer: answer.customer?.number,
          registration: registration.id),
        at: now)
      return .noMatch
    case .success(let customer):
      return try admit(
        customer, &registration, drawing: challenge, in: transaction, at: now)
    }
  }

  private func mismatchCounts(of claim: Claim, on visit: Visit) -> [(EventCount, Int)] {
    var counts = [claim.number.text, claim.mobile.e164].map { number in
      (
        EventCount(name: "mismatch_number", key: sha256(Array(number.utf8)), windowSeconds: 3600),
        limits.mismatchesPerNumberPerHour
      )
    }
    if let address = visit.address {
      counts.append(
        (
          EventCount(
            name: "mismatch_address", key: sha256(Array(address.utf8)), windowSeconds: 600),
          limits.mismatchesPerAddressPerTenMinutes
        ))
    }
    return counts
  }

  private func admit(
    _ customer: RegisteredCustomer, _ registration: inout Registration,
    drawing challenge: Challenge, in transaction: any Transaction, at now: Date
  ) throws -> IdentificationOutcome {
    guard let number = customer.smsNumber else { return .noMatch }
    guard try mayTryCodes(in: transaction, at: now) else { return .suspended }
    let sending = registration.identify(
      customer.number, smsStep: try transaction.smsStep(of: customer.number),
      recent: try recentMessages(to: number, for: customer.number, in: transaction, at: now),
      drawing: challenge, at: now, limits: limits)
    switch sending {
    case .send(let challenge, _):
      try send(challenge, to: number, registration, customer.number, in: transaction, at: now)
      return .codeSent
    case .underWay, .tooSoon: return .codeSent
    case .tooMany(let limit):
      try transaction.record(
        AuditEvent(kind: .smsLimit, customer: customer.number, registration: registration.id),
        at: now)
      return .tooManyMessages(limit)
    case .disabled:
      try transaction.record(
        AuditEvent(
          kind: .smsStepRefused, customer: customer.number, registration: registration.id),
        at: now)
      return .smsStepDisabled
    case .expired, .outOfTurn:
      // Only an open registration comes here; it was locked when that was found out.
      throw MissingRow("open registration")
    }
  }

  // MARK: Code by SMS (J4)

  package struct CodeAnswer: Hashable, Sendable {
    package let outcome: CodeOutcome
    /// The browser's new token, when the code was accepted.
    package let newToken: Token?
    /// `nil` when the browser has no registration.
    package let caseNumber: CaseNumber?

    fileprivate static let unknown = CodeAnswer(outcome: .unknown, newToken: nil, caseNumber: nil)

    fileprivate init(
      _ outcome: CodeOutcome, newToken: Token? = nil, of registration: Registration
    ) {
      self.init(outcome: outcome, newToken: newToken, caseNumber: registration.caseNumber)
    }

    private init(outcome: CodeOutcome, newToken: Token?, caseNumber: CaseNumber?) {
      self.outcome = outcome
      self.newToken = newToken
      self.caseNumber = caseNumber
    }
  }

  package enum CodeOutcome: Hashable, Sendable {
    case of(Registration.CodeOutcome)
    /// Too many wrong codes of all customers today; the call centre helps (D 1).
    case suspended
    /// The browser has no registration.
    case unknown
  }

  /// «Tovább», below the code from the SMS.
  ///
  /// The outcome is returned, not thrown: a wrong code must be counted, and a throw would undo the
  /// count. With the right code the browser gets a new token, so that whoever knew the old one is
  /// left behind.
  package func enterCode(_ entry: CodeEntry, in token: Token) async throws -> CodeAnswer {
    let now = world.now()
    let (answer, failures) = try await world.store.write { transaction in
      if let registration = try transaction.registration(token, locking: true) {
        return try tryCode(entry, token, registration, in: transaction, at: now)
      }
      guard let registration = try transaction.registration(beforeProof: token) else {
        return (.unknown, 0)
      }
      return try repeatCode(entry, token, registration, in: transaction, at: now)
    }
    if failures == limits.smsFailuresPerDay {
      world.raise(.smsFailureBudgetSpent(failures: failures))
    }
    return answer
  }

  /// All customers' wrong codes of a day.
  private static let smsFailures = EventCount(name: "sms_failure", key: [], windowSeconds: 86_400)

  /// Whether the day's budget of wrong codes is not spent yet.
  private func mayTryCodes(in transaction: any Transaction, at now: Date) throws -> Bool {
    try transaction.used(Self.smsFailures, at: now) < limits.smsFailuresPerDay
  }

  private func tryCode(
    _ entry: CodeEntry, _ token: Token, _ loaded: Registration, in transaction: any Transaction,
    at now: Date
  ) throws -> (CodeAnswer, failures: Int) {
    var registration = loaded
    guard case .phone(let customer, let challenge) = registration.step else {
      let outcome: Registration.CodeOutcome =
        registration.isExpired(at: now) ? .expired : .outOfTurn
      return (CodeAnswer(.of(outcome), of: registration), 0)
    }
    guard try mayTryCodes(in: transaction, at: now) else {
      return (CodeAnswer(.suspended, of: registration), 0)
    }
    var smsStep = try transaction.smsStep(of: customer)
    let before = smsStep
    let outcome = registration.enterCode(
      matches: world.codes.matches(entry, challenge, limits.smsAlphabet), smsStep: &smsStep,
      isRegistered: try transaction.existingAccount(of: customer, locking: false)?
        .stops(registrationOf: challenge.sentAt) ?? false,
      at: now, limits: limits)
    try transaction.save(registration)
    if smsStep != before { try transaction.save(smsStep) }
    let failures = try record(outcome, of: registration, customer, in: transaction, at: now)
    let newToken = try changeToken(
      token, after: outcome, of: registration, challenge, in: transaction)
    return (CodeAnswer(.of(outcome), newToken: newToken, of: registration), failures)
  }

  private func record(
    _ outcome: Registration.CodeOutcome, of registration: Registration, _ customer: CustomerNumber,
    in transaction: any Transaction, at now: Date
  ) throws -> Int {
    let kind: AuditEvent.Kind
    switch outcome {
    case .accepted, .alreadyRegistered: kind = .smsCodeAccepted
    case .wrong: kind = .smsCodeWrong
    case .disabled: kind = .smsStepDisabled
    case .codeExpired, .codeSpent, .expired, .outOfTurn: return 0
    }
    try transaction.record(
      AuditEvent(kind: kind, customer: customer, registration: registration.id), at: now)
    return kind == .smsCodeAccepted ? 0 : try transaction.increase(Self.smsFailures, at: now)
  }

  private func changeToken(
    _ token: Token, after outcome: Registration.CodeOutcome, of registration: Registration,
    _ challenge: Challenge, in transaction: any Transaction
  ) throws -> Token? {
    guard outcome == .accepted || outcome == .alreadyRegistered else { return nil }
    let newToken = tokenAfterProof(token, challenge)
    try transaction.changeToken(of: registration, to: newToken)
    return newToken
  }

  /// The same for the same click, so that a browser which lost the first answer is not left out.
  private func tokenAfterProof(_ token: Token, _ challenge: Challenge) -> Token {
    Token(bytes: world.keys.sign(token.bytes + challenge.nonce, for: .registrationToken))
  }

  private func repeatCode(
    _ entry: CodeEntry, _ token: Token, _ loaded: Registration, in transaction: any Transaction,
    at now: Date
  ) throws -> (CodeAnswer, failures: Int) {
    var registration = loaded
    guard let challenge = registration.proof, let customer = registration.customer,
      try mayTryCodes(in: transaction, at: now)
    else { return (.unknown, 0) }
    var smsStep = try transaction.smsStep(of: customer)
    let outcome = registration.repeatCode(
      matches: world.codes.matches(entry, challenge, limits.smsAlphabet), smsStep: &smsStep,
      at: now, limits: limits)
    try transaction.save(registration)
    switch outcome {
    case .accepted, .alreadyRegistered:
      let newToken = tokenAfterProof(token, challenge)
      return (CodeAnswer(.of(outcome), newToken: newToken, of: registration), 0)
    case .wrong:
      try transaction.save(smsStep)
      return (.unknown, try record(outcome, of: registration, customer, in: transaction, at: now))
    case .codeExpired, .codeSpent, .disabled, .expired, .outOfTurn: return (.unknown, 0)
    }
  }

  package enum ResendOutcome: Hashable, Sendable {
    case sent(isNewCode: Bool)
    case tooSoon(secondsLeft: Int)
    case tooMany(Registration.MessageLimit)
    case smsStepDisabled
    /// Too many wrong codes of all customers today; the call centre helps (D 1).
    case suspended
    /// The customer can no longer register by the register.
    case stopped
    case expired
    case outOfTurn
    case unknown
  }

  /// «Új SMS-t kérek».
  ///
  /// - Parameters:
  ///   - mark: the ``SendingMark`` of the page on which it was pressed
  ///   - language: of that page; the message speaks it
  package func resendCode(
    in token: Token, mark: String = "", language: Language? = nil
  ) async throws -> ResendOutcome {
    let now = world.now()
    let challenge = world.codes.newChallenge(.sms(limits), at: now)
    let outcome: ResendOutcome
    do {
      outcome = try await world.store.write { transaction in
        try resendCode(
          token, mark, language, drawing: challenge, in: transaction, at: now)
      }
    } catch is SMSBudget.Spent {
      return .suspended
    }
    if case .sent = outcome { world.doorbell.ring() }
    return outcome
  }

  private func resendCode(
    _ token: Token, _ mark: String, _ language: Language?, drawing challenge: Challenge,
    in transaction: any Transaction, at now: Date
  ) throws -> ResendOutcome {
    guard var registration = try transaction.registration(token, locking: true) else {
      return .unknown
    }
    guard case .phone(let customer, let present) = registration.step,
      !registration.isExpired(at: now)
    else { return registration.isExpired(at: now) ? .expired : .outOfTurn }
    if let isNewCode = SendingMark.missed(by: mark, present, at: now, limits: limits) {
      return .sent(isNewCode: isNewCode)
    }
    guard let number = try numberToText(of: customer, in: transaction) else {
      registration.lostCustomer()
      try transaction.save(registration)
      return .stopped
    }
    guard try mayTryCodes(in: transaction, at: now) else { return .suspended }
    registration.language = language ?? registration.language
    let sending = registration.resendCode(
      smsStep: try transaction.smsStep(of: customer),
      recent: try recentMessages(to: number, for: customer, in: transaction, at: now),
      drawing: challenge, at: now, limits: limits)
    try transaction.save(registration)
    switch sending {
    case .send(let challenge, let isNewCode):
      try send(challenge, to: number, registration, customer, in: transaction, at: now)
      return .sent(isNewCode: isNewCode)
    case .tooSoon(let secondsLeft): return .tooSoon(secondsLeft: secondsLeft)
    case .tooMany(let limit):
      try transaction.record(
        AuditEvent(kind: .smsLimit, customer: customer, registration: registration.id), at: now)
      return .tooMany(limit)
    case .disabled: return .smsStepDisabled
    case .expired: return .expired
    case .underWay, .outOfTurn: return .outOfTurn
    }
  }

  /// The number of a customer who may register by the register as it is now.
  private func numberToText(
    of customer: CustomerNumber, in transaction: any Transaction
  ) throws -> PhoneNumber? {
    guard let registered = try transaction.customer(customer), registered.status == .active,
      let number = registered.smsNumber, number.hasPrefix(in: limits.mobilePrefixes)
    else { return nil }
    return number
  }

  private func recentMessages(
    to number: PhoneNumber, for customer: CustomerNumber, in transaction: any Transaction,
    at now: Date
  ) throws -> RecentMessages {
    try transaction.recentMessages(
      kind: .smsCode, to: number.e164, for: customer, since: now.addingTimeInterval(-86_400))
  }

  private func send(
    _ challenge: Challenge, to number: PhoneNumber, _ registration: Registration,
    _ customer: CustomerNumber, in transaction: any Transaction, at now: Date
  ) throws {
    // An alarm may come once more when the transaction is done again; better than never.
    for alarm in try SMSBudget(limits: limits).spend(in: transaction, at: now) {
      world.raise(alarm)
    }
    try transaction.enqueue(
      world.correspondence.smsCode(
        world.codes.code(of: challenge, limits.smsAlphabet), to: number,
        sending: (registration: registration.id, number: registration.smsSent), for: customer,
        in: registration.language, expiring: challenge.expiresAt, at: now),
      at: now)
    try transaction.record(
      AuditEvent(kind: .smsSent, customer: customer, registration: registration.id), at: now)
  }

  // MARK: E-mail and declarations (J5)

  package enum ContactOutcome: Hashable, Sendable {
    case of(Registration.ContactOutcome)
    case unknown
  }

  /// «Tovább», below the address and the declarations.
  package func give(
    _ contact: Registration.Contact, in token: Token
  ) async throws -> ContactOutcome {
    let now = world.now()
    let outcome = try await world.store.write { transaction -> ContactOutcome in
      guard var registration = try transaction.registration(token, locking: true) else {
        return .unknown
      }
      // The contract that is accepted is in this language, and so are all letters from now on.
      registration.language = world.declaredTexts.language(of: contact) ?? registration.language
      if try isOvertaken(&registration, in: transaction) { return .of(.outOfTurn) }
      let owner = try transaction.account(named: contact.email)
      // The address of one's own account that was never confirmed is nobody else's (D 4).
      let isTaken = owner.map { $0.customer != registration.customer } ?? false
      let outcome = registration.give(contact, isTaken: isTaken, at: now, limits: limits)
      try transaction.save(registration)
      switch outcome {
      case .accepted:
        try keepTexts(of: contact.declarations, in: transaction)
        try transaction.replaceDeclarations(of: registration)
        try transaction.record(
          AuditEvent(
            kind: .contactGiven, customer: registration.customer, registration: registration.id),
          at: now)
      case .emailTaken, .stopped:
        if let owner {
          try transaction.tell(
            owner, triedBy: registration.customer, in: registration, world.correspondence, at: now)
        }
      case .expired, .outOfTurn: break
      }
      return .of(outcome)
    }
    if case .of(.emailTaken) = outcome { world.doorbell.ring() }
    return outcome
  }

  /// Whether the customer has an account by now that stops the registration (D 4).
  private func isOvertaken(
    _ registration: inout Registration, in transaction: any Transaction
  ) throws -> Bool {
    guard registration.isProven, let customer = registration.customer,
      let existing = try transaction.existingAccount(of: customer, locking: false),
      existing.stops(registrationOf: registration.proof?.sentAt)
    else { return false }
    registration.wasOvertaken()
    try transaction.save(registration)
    return true
  }

  /// Keeps the very words that were answered, before anybody can change them (D 6).
  private func keepTexts(
    of declarations: [Declaration], in transaction: any Transaction
  ) throws {
    let kept = try transaction.declarationsWithText(among: declarations)
    for declaration in declarations where !kept.contains(declaration) {
      guard let text = world.declaredTexts.text(of: declaration) else {
        throw MissingRow("text of \(declaration.kind.rawValue)")
      }
      try transaction.keep(text, of: declaration.kind)
    }
  }

  // MARK: Password (J6, J7)

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

/// A row that must be there is not: the database and the program disagree.
struct MissingRow: Error, CustomStringConvertible {
  let description: String

  init(_ what: String) {
    description = "A row is missing: \(what)."
  }
}
