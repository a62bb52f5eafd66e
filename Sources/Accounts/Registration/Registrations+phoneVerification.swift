internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// Phone verification (J4): whoever has the code from the SMS has the phone.
extension Registrations {
  package struct CodeAnswer: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
      case of(Registration.SMSCodeOutcome)
      /// Too many wrong codes of all customers today; the call centre helps (D 1).
      case suspended
      /// Too many wrong codes from this network today.
      case limited(retryAfterSeconds: Int)
      /// The browser has no registration.
      case unknown
    }

    package let outcome: Outcome
    /// The browser's new token, when the code was accepted.
    package let newToken: Token?
    /// `nil` when the browser has no registration.
    package let caseNumber: CaseNumber?

    fileprivate static let unknown = CodeAnswer(outcome: .unknown, newToken: nil, caseNumber: nil)

    fileprivate init(
      _ outcome: Outcome, newToken: Token? = nil, of registration: Registration
    ) {
      self.init(outcome: outcome, newToken: newToken, caseNumber: registration.caseNumber)
    }

    private init(outcome: Outcome, newToken: Token?, caseNumber: CaseNumber?) {
      self.outcome = outcome
      self.newToken = newToken
      self.caseNumber = caseNumber
    }
  }

  /// «Tovább», below the code from the SMS.
  ///
  /// The outcome is returned, not thrown: a wrong code must be counted, and a throw would undo the
  /// count. With the right code the browser gets a new token, which makes the old one useless to
  /// anybody who knew it.
  ///
  /// - Parameter network: where the request comes from, as the limits count it
  package func enterCode(
    _ entry: CodeEntry, in token: Token, from network: String? = nil
  ) async throws -> CodeAnswer {
    let now = world.now()
    let smsCodes = SMSCodes(world: world, network: network)
    let (answer, failures) = try await world.store.write { transaction in
      if let registration = try transaction.registrations.registration(token, locking: true) {
        return try tryCode(entry, token, registration, smsCodes, in: transaction, at: now)
      }
      guard let registration = try transaction.registrations.registration(beforeProof: token) else {
        return (.unknown, 0)
      }
      return try repeatCode(entry, token, registration, smsCodes, in: transaction, at: now)
    }
    smsCodes.tell(of: failures)
    return answer
  }

  private func tryCode(
    _ entry: CodeEntry, _ token: Token, _ loaded: Registration, _ smsCodes: SMSCodes,
    in transaction: any Transaction, at now: Date
  ) throws -> (CodeAnswer, failures: Int) {
    var registration = loaded
    guard case .phone(let customer, let challenge) = registration.step else {
      let outcome: Registration.SMSCodeOutcome =
        registration.isExpired(at: now) ? .expired : .outOfTurn
      return (CodeAnswer(.of(outcome), of: registration), 0)
    }
    if let refusal = try refusal(of: registration, customer, smsCodes, in: transaction, at: now) {
      return (refusal, 0)
    }
    var smsStep = try transaction.registrations.smsStep(of: customer)
    let before = smsStep
    let outcome = registration.enterCode(
      matches: world.codes.matches(entry, challenge, limits.smsAlphabet), smsStep: &smsStep,
      isRegistered: try transaction.accounts.existing(of: customer, locking: false)?
        .stops(registrationOf: challenge.sentAt) ?? false,
      at: now, limits: limits)
    let isProven = outcome == .accepted || outcome == .alreadyRegistered
    let newToken = isProven ? tokenAfterProof(token, challenge) : nil
    try transaction.registrations.save(registration, newToken: newToken)
    if smsStep != before { try transaction.registrations.save(smsStep) }
    let failures = try record(
      outcome, of: registration, customer, smsCodes, in: transaction, at: now)
    return (CodeAnswer(.of(outcome), newToken: newToken, of: registration), failures)
  }

  /// Why no code may be tried from here now; asked before any is compared.
  private func refusal(
    of registration: Registration, _ customer: CustomerNumber, _ smsCodes: SMSCodes,
    in transaction: any Transaction, at now: Date
  ) throws -> CodeAnswer? {
    let refusal = try smsCodes.refusal(
      [.wrong], after: try smsCodes.used(in: transaction, at: now),
      AuditEvent(kind: .smsLimit, customer: customer, registration: registration.id),
      in: transaction, at: now)
    switch refusal {
    case nil: return nil
    case .suspended?: return CodeAnswer(.suspended, of: registration)
    case .limited(let seconds)?:
      return CodeAnswer(.limited(retryAfterSeconds: seconds), of: registration)
    }
  }

  private func record(
    _ outcome: Registration.SMSCodeOutcome, of registration: Registration,
    _ customer: CustomerNumber, _ smsCodes: SMSCodes, in transaction: any Transaction, at now: Date
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
    guard kind != .smsCodeAccepted else {
      try smsCodes.costs.answered(in: transaction, at: now)
      return 0
    }
    return try smsCodes.countFailure(in: transaction, at: now)
  }

  /// The same for the same click, so that a browser that lost the first answer is not shut out.
  private func tokenAfterProof(_ token: Token, _ challenge: Challenge) -> Token {
    Token(bytes: world.keys.sign(token.bytes + challenge.nonce, for: .registrationToken))
  }

  private func repeatCode(
    _ entry: CodeEntry, _ token: Token, _ loaded: Registration, _ smsCodes: SMSCodes,
    in transaction: any Transaction, at now: Date
  ) throws -> (CodeAnswer, failures: Int) {
    var registration = loaded
    guard let challenge = registration.proof, let customer = registration.customer else {
      return (.unknown, 0)
    }
    if let refusal = try refusal(of: registration, customer, smsCodes, in: transaction, at: now) {
      return (refusal, 0)
    }
    var smsStep = try transaction.registrations.smsStep(of: customer)
    let outcome = registration.repeatCode(
      matches: world.codes.matches(entry, challenge, limits.smsAlphabet), smsStep: &smsStep,
      at: now, limits: limits)
    try transaction.registrations.save(registration)
    switch outcome {
    case .accepted, .alreadyRegistered:
      let newToken = tokenAfterProof(token, challenge)
      return (CodeAnswer(.of(outcome), newToken: newToken, of: registration), 0)
    case .wrong:
      try transaction.registrations.save(smsStep)
      return (
        .unknown,
        try record(outcome, of: registration, customer, smsCodes, in: transaction, at: now)
      )
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
    /// This network has left too many codes unanswered today.
    case limited(retryAfterSeconds: Int)
    /// According to the register, the customer can no longer register.
    case stopped
    case expired
    case outOfTurn
    case unknown
  }

  /// «Új SMS-t kérek».
  ///
  /// - Parameters:
  ///   - mark: the ``SendingMark`` of the page on which it was pressed
  ///   - language: of that page, and so of the message
  ///   - network: where the request comes from, as the limits count it
  package func resendCode(
    in token: Token, mark: String = "", language: Language? = nil, from network: String? = nil
  ) async throws -> ResendOutcome {
    let now = world.now()
    let challenge = world.codes.newChallenge(.sms(limits), at: now)
    let outcome: ResendOutcome
    do {
      outcome = try await world.store.write { transaction in
        try resendCode(
          token, mark, language, SMSCodes(world: world, network: network),
          drawing: challenge, in: transaction, at: now)
      }
    } catch is SMSBudget.Spent {
      return try await suspend(token, at: now)
    }
    if case .sent = outcome { world.dispatchSignal.send([.sms]) }
    return outcome
  }

  /// Nothing can be sent to anybody: the page says so, and the call centre finds the case (D 5).
  private func suspend(_ token: Token, at now: Date) async throws -> ResendOutcome {
    try await world.store.write { transaction in
      guard let registration = try transaction.registrations.registration(token, locking: true)
      else { return .unknown }
      try transaction.record(
        .budget,
        AuditEvent(
          kind: .smsLimit, customer: registration.customer, registration: registration.id),
        at: now)
      return .suspended
    }
  }

  private func resendCode(
    _ token: Token, _ mark: String, _ language: Language?, _ smsCodes: SMSCodes,
    drawing challenge: Challenge, in transaction: any Transaction, at now: Date
  ) throws -> ResendOutcome {
    guard var registration = try transaction.registrations.registration(token, locking: true) else {
      return .unknown
    }
    guard case .phone(let customer, let present) = registration.step,
      !registration.isExpired(at: now)
    else { return registration.isExpired(at: now) ? .expired : .outOfTurn }
    if case .sending(let isNewCode) = SendingMark.missed(by: mark, present, at: now, limits: limits)
    {
      return .sent(isNewCode: isNewCode)
    }
    guard let number = try numberToText(of: customer, in: transaction) else {
      registration.lostCustomer()
      try transaction.registrations.save(registration)
      return .stopped
    }
    let refusal = try smsCodes.refusal(
      [.unanswered], after: try smsCodes.used(in: transaction, at: now),
      AuditEvent(kind: .smsLimit, customer: customer, registration: registration.id),
      in: transaction, at: now)
    switch refusal {
    case nil: break
    case .suspended?: return .suspended
    case .limited(let seconds)?: return .limited(retryAfterSeconds: seconds)
    }
    registration.language = language ?? registration.language
    let smsStep = try transaction.registrations.smsStep(of: customer)
    let sending = registration.resendCode(
      smsStep: smsStep,
      recent: try recentMessages(to: number, for: smsStep, in: transaction, at: now),
      drawing: challenge, at: now, limits: limits)
    try transaction.registrations.save(registration)
    switch sending {
    case .send(let challenge, let isNewCode):
      try send(challenge, to: number, registration, customer, smsCodes, in: transaction, at: now)
      return .sent(isNewCode: isNewCode)
    case .tooSoon(let secondsLeft): return .tooSoon(secondsLeft: secondsLeft)
    case .tooMany(let limit):
      try record(limit, of: registration, customer, in: transaction, at: now)
      return .tooMany(limit)
    case .disabled: return .smsStepDisabled
    case .expired: return .expired
    case .underWay, .outOfTurn: return .outOfTurn
    }
  }

  /// The number of a customer who may register according to the present register.
  func numberToText(
    of customer: CustomerNumber, in transaction: any Transaction
  ) throws -> PhoneNumber? {
    guard let registered = try transaction.register.customer(customer),
      registered.status == .active,
      let number = registered.smsNumber, number.hasPrefix(in: limits.mobilePrefixes)
    else { return nil }
    return number
  }

  func recentMessages(
    to number: PhoneNumber, for smsStep: SMSStep, in transaction: any Transaction, at now: Date
  ) throws -> RecentMessages {
    try transaction.messages.recent(
      kind: .smsCode, to: number.e164, for: smsStep.customer,
      since: smsStep.messagesCount(at: now))
  }

  /// Staff read under the case number which limit it was, and so when it ends.
  func record(
    _ limit: Registration.MessageLimit, of registration: Registration, _ customer: CustomerNumber,
    in transaction: any Transaction, at now: Date
  ) throws {
    try world.limitReached(
      AuditEvent(
        kind: .smsLimit, detail: limit.detail, customer: customer, registration: registration.id),
      of: limit.source(of: customer), in: transaction, at: now)
  }

  func send(
    _ challenge: Challenge, to number: PhoneNumber, _ registration: Registration,
    _ customer: CustomerNumber, _ smsCodes: SMSCodes, in transaction: any Transaction,
    at now: Date
  ) throws {
    try smsCodes.spend(in: transaction, at: now)
    try transaction.enqueue(
      world.correspondence.smsCode(
        world.codes.code(of: challenge, limits.smsAlphabet), to: number,
        sending: (registration: registration.id, number: registration.smsSent), for: customer,
        in: registration.language, expiring: challenge.expiresAt, at: now),
      at: now)
    try transaction.record(
      AuditEvent(kind: .smsSent, customer: customer, registration: registration.id), at: now)
  }
}

extension Registration.MessageLimit {
  /// How the audit trail names it; the day's limit is the usual one.
  fileprivate var detail: String? {
    switch self {
    case .day: nil
    case .registration: Registration.MessageLimit.ofRegistration
    }
  }

  static let ofRegistration = "registration"

  /// Whose refusals stand in the trail once an hour.
  func source(of customer: CustomerNumber) -> String {
    customer.text + (detail.map { "/" + $0 } ?? "")
  }
}
