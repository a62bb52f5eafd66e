package import FoundationEssentials

/// One attempt to become a user, from the first page to success.
///
/// A registration decides and remembers; it has no side effects. Every event returns an outcome,
/// and the caller saves the registration and acts on the outcome. An event that does not fit the
/// step returns `.outOfTurn` and changes nothing.
package struct Registration: Hashable, Sendable {
  package enum Step: Hashable, Sendable {
    /// Nobody is identified yet.
    case identification
    /// A code is on its way to the customer's number on file.
    case phone(CustomerNumber, Challenge)
    /// The person has the customer's phone; an e-mail address is missing.
    case email(CustomerNumber)
    /// E-mail and declarations are given; a password is missing.
    case password(CustomerNumber, Contact)
    /// The account exists.
    case finished(CustomerNumber)
    /// The account existed before; only said to somebody who has the phone (D 4).
    case alreadyRegistered(CustomerNumber)
    /// It cannot go on; the call centre helps.
    case stopped(CustomerNumber, Stop)
  }

  package enum Stop: String, CaseIterable, Sendable {
    /// Ten wrong codes in a row (D 1).
    case smsStepDisabled = "sms_step_disabled"
    /// Five addresses that belong to others (D 7).
    case takenEmails = "taken_emails"
    /// The register was replaced meanwhile, and no longer lets the customer register.
    case registerChanged = "register_changed"
  }

  /// The e-mail address and the declarations, waiting for the password.
  package struct Contact: Hashable, Sendable {
    package let email: EmailAddress
    package let declarations: [Declaration]

    package init(email: EmailAddress, declarations: [Declaration]) {
      self.email = email
      self.declarations = declarations
    }
  }

  package typealias ID = Identity<Registration>

  package let id: ID
  package let caseNumber: CaseNumber
  package let expiresAt: Date
  /// Of the page, and so of the messages.
  package var language: Language
  package private(set) var step: Step
  package private(set) var smsSent: Int
  package private(set) var takenEmails: Int
  /// The challenge whose code was accepted, so that a repeated click gets the same answer.
  package private(set) var proof: Challenge?

  package init(
    id: ID, caseNumber: CaseNumber, expiresAt: Date, language: Language,
    step: Step = .identification, smsSent: Int = 0, takenEmails: Int = 0, proof: Challenge? = nil
  ) {
    self.id = id
    self.caseNumber = caseNumber
    self.expiresAt = expiresAt
    self.language = language
    self.step = step
    self.smsSent = smsSent
    self.takenEmails = takenEmails
    self.proof = proof
  }

  package func isExpired(at now: Date) -> Bool { now >= expiresAt }

  /// Whether this attempt can still go on; anybody who comes back after that begins a new one.
  package func isOpen(at now: Date) -> Bool {
    switch step {
    case .identification, .phone, .email, .password: !isExpired(at: now)
    case .finished, .alreadyRegistered, .stopped: false
    }
  }

  /// The customer this attempt is about, as far as known.
  package var customer: CustomerNumber? {
    switch step {
    case .identification: nil
    case .phone(let customer, _), .email(let customer), .password(let customer, _),
      .finished(let customer), .alreadyRegistered(let customer), .stopped(let customer, _):
      customer
    }
  }
}

// MARK: Messages

/// How many code messages went out recently, to one number and for one customer.
package struct RecentMessages: Hashable, Sendable {
  package let toRecipient: Int
  package let forCustomer: Int

  package init(toRecipient: Int, forCustomer: Int) {
    self.toRecipient = toRecipient
    self.forCustomer = forCustomer
  }

  /// Whether there were as many codes by SMS as a day has room for (D 2).
  package func fillDay(_ limits: Limits) -> Bool {
    toRecipient >= limits.smsPerNumberPerDay || forCustomer >= limits.smsPerCustomerPerDay
  }
}

extension Registration {
  /// Which limit of messages is reached (D 2).
  package enum MessageLimit: Hashable, Sendable {
    /// The registration's limit; another one may begin when this one is over.
    case registration
    /// The day's limit, for the number or the customer.
    case day
  }

  /// What to do about a message.
  package enum Sending: Hashable, Sendable {
    /// Send the code of this challenge.
    case send(Challenge, isNewCode: Bool)
    /// A message is on its way already; all there is to do is wait.
    case underWay
    case tooSoon(secondsLeft: Int)
    case tooMany(MessageLimit)
    case disabled
    case expired
    case outOfTurn
  }

  /// The number and the mobile number match the register.
  ///
  /// The same customer again, with a code that is still good, gets no second message: a double
  /// click, a reload and a step back cost nothing. Another customer starts from the beginning, so
  /// that what was proven for one never serves another.
  package mutating func identify(
    _ customer: CustomerNumber, smsStep: SMSStep, recent: RecentMessages, drawing new: Challenge,
    at now: Date, limits: Limits
  ) -> Sending {
    guard !isExpired(at: now) else { return .expired }
    guard isOpen(at: now) else { return .outOfTurn }
    if smsStep.isDisabled {
      step = .stopped(customer, .smsStepDisabled)
      return .disabled
    }
    if awaitsCode(of: customer, at: now) { return .underWay }
    if let limit = limitReached(by: recent, limits) { return .tooMany(limit) }
    smsSent += 1
    step = .phone(customer, new)
    return .send(new, isNewCode: true)
  }

  /// Whether a code of this customer's has been sent that can still be entered.
  package func awaitsCode(of customer: CustomerNumber, at now: Date) -> Bool {
    guard case .phone(customer, let challenge) = step else { return false }
    return now < challenge.expiresAt && challenge.triesLeft > 0
  }

  /// The customer asks for the code again.
  package mutating func resendCode(
    smsStep: SMSStep, recent: RecentMessages, drawing new: Challenge, at now: Date, limits: Limits
  ) -> Sending {
    guard !isExpired(at: now) else { return .expired }
    guard case .phone(let customer, var challenge) = step else { return .outOfTurn }
    if smsStep.isDisabled {
      step = .stopped(customer, .smsStepDisabled)
      return .disabled
    }
    let resend = challenge.resend(at: now, limits: limits)
    if case .tooSoon(let secondsLeft) = resend { return .tooSoon(secondsLeft: secondsLeft) }
    if let limit = limitReached(by: recent, limits) { return .tooMany(limit) }
    smsSent += 1
    if resend == .new {
      step = .phone(customer, new)
      return .send(new, isNewCode: true)
    }
    challenge.wasSent(at: now)
    step = .phone(customer, challenge)
    return .send(challenge, isNewCode: false)
  }

  private func limitReached(by recent: RecentMessages, _ limits: Limits) -> MessageLimit? {
    if recent.fillDay(limits) { return .day }
    return hasMessagesLeft(limits) ? nil : .registration
  }

  /// Whether this registration has not yet sent as many messages as one may (D 2).
  package func hasMessagesLeft(_ limits: Limits) -> Bool {
    smsSent < limits.smsPerRegistration
  }
}

// MARK: Code

extension Registration {
  package enum SMSCodeOutcome: Hashable, Sendable {
    case accepted
    /// Accepted, but the customer already has an account (D 4).
    case alreadyRegistered
    case wrong(triesLeft: Int)
    case codeExpired
    /// All tries of this code are used up.
    case codeSpent
    /// The tenth failure in a row: the SMS step is disabled (D 1).
    case disabled
    case expired
    case outOfTurn
  }

  /// The customer entered a code.
  ///
  /// - Parameters:
  ///   - matches: whether it is the challenge's code, compared in constant time
  ///   - isRegistered: whether the customer has an account
  package mutating func enterCode(
    matches: Bool, smsStep: inout SMSStep, isRegistered: Bool, at now: Date, limits: Limits
  ) -> SMSCodeOutcome {
    guard !isExpired(at: now) else { return .expired }
    guard case .phone(let customer, var challenge) = step else { return .outOfTurn }
    if smsStep.isDisabled {
      step = .stopped(customer, .smsStepDisabled)
      return .disabled
    }
    let outcome = challenge.try(matches: matches, at: now)
    step = .phone(customer, challenge)
    switch outcome {
    case .expired: return .codeExpired
    case .spent: return .codeSpent
    case .accepted:
      smsStep.succeeded()
      proof = challenge
      step = isRegistered ? .alreadyRegistered(customer) : .email(customer)
      return isRegistered ? .alreadyRegistered : .accepted
    case .wrong(let triesLeft):
      smsStep.failed(at: now, limits: limits)
      if smsStep.isDisabled {
        step = .stopped(customer, .smsStepDisabled)
        return .disabled
      }
      return .wrong(triesLeft: triesLeft)
    }
  }
}

extension Registration {
  /// The same code again, from a browser that did not get the answer to the first click.
  ///
  /// It gains nothing and costs a try: entering the right code a second time shows the result of
  /// the first, and nothing is done again. A wrong one counts like any other (D 1).
  package mutating func repeatCode(
    matches: Bool, smsStep: inout SMSStep, at now: Date, limits: Limits
  ) -> SMSCodeOutcome {
    guard !isExpired(at: now) else { return .expired }
    let answer: SMSCodeOutcome
    switch step {
    case .email: answer = .accepted
    case .alreadyRegistered: answer = .alreadyRegistered
    case .identification, .phone, .password, .finished, .stopped: return .outOfTurn
    }
    guard !smsStep.isDisabled, var challenge = proof else { return .outOfTurn }
    let outcome = challenge.try(matches: matches, at: now)
    proof = challenge
    switch outcome {
    case .accepted: return answer
    case .wrong(let triesLeft):
      smsStep.failed(at: now, limits: limits)
      return .wrong(triesLeft: triesLeft)
    case .expired, .spent: return .outOfTurn
    }
  }
}

// MARK: E-mail and declarations

extension Registration {
  package enum ContactOutcome: Hashable, Sendable {
    case accepted
    /// The address belongs to somebody else's account (D 7).
    case emailTaken(answersLeft: Int)
    case stopped
    case expired
    case outOfTurn
  }

  /// The customer gave an address and answered the declarations.
  ///
  /// This can be repeated after a step back from the password, until the account exists.
  package mutating func give(
    _ contact: Contact, isTaken: Bool, at now: Date, limits: Limits
  ) -> ContactOutcome {
    guard !isExpired(at: now) else { return .expired }
    guard let customer = provenCustomer else { return .outOfTurn }
    if isTaken { return refuseTakenEmail(of: customer, limits) }
    step = .password(customer, contact)
    return .accepted
  }

  private mutating func refuseTakenEmail(
    of customer: CustomerNumber, _ limits: Limits
  ) -> ContactOutcome {
    takenEmails += 1
    guard takenEmails < limits.takenEmailsPerRegistration else {
      step = .stopped(customer, .takenEmails)
      return .stopped
    }
    step = .email(customer)
    return .emailTaken(answersLeft: limits.takenEmailsPerRegistration - takenEmails)
  }

  /// Whether the phone has been proven, and there are still steps to take.
  package var isProven: Bool { provenCustomer != nil }

  /// The customer whose phone was proven, while there is no account yet.
  private var provenCustomer: CustomerNumber? {
    switch step {
    case .email(let customer), .password(let customer, _): customer
    case .identification, .phone, .finished, .alreadyRegistered, .stopped: nil
    }
  }
}

// MARK: Password

extension Registration {
  /// What the account consists of, when the password is chosen.
  package enum Completion: Hashable, Sendable {
    case ready(CustomerNumber, Contact)
    case expired
    case outOfTurn
  }

  package func completion(at now: Date) -> Completion {
    guard !isExpired(at: now) else { return .expired }
    guard case .password(let customer, let contact) = step else { return .outOfTurn }
    return .ready(customer, contact)
  }

  /// The account was created.
  package mutating func finish() {
    guard case .password(let customer, _) = step else { return }
    step = .finished(customer)
  }

  /// The register no longer lists the customer as one who may register.
  package mutating func lostCustomer() {
    switch step {
    case .phone(let customer, _), .email(let customer), .password(let customer, _):
      step = .stopped(customer, .registerChanged)
    case .identification, .finished, .alreadyRegistered, .stopped: break
    }
  }

  /// Another registration of this customer was faster.
  package mutating func wasOvertaken() {
    guard let customer = provenCustomer else { return }
    step = .alreadyRegistered(customer)
  }

  /// Another registration took the address while the password was being typed.
  package mutating func lostEmail(limits: Limits) -> ContactOutcome {
    guard let customer = provenCustomer else { return .outOfTurn }
    return refuseTakenEmail(of: customer, limits)
  }
}
