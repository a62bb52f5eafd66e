internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// The code by SMS (J4): it proves the phone.
extension Registrations {
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
  func mayTryCodes(in transaction: any Transaction, at now: Date) throws -> Bool {
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
  func numberToText(
    of customer: CustomerNumber, in transaction: any Transaction
  ) throws -> PhoneNumber? {
    guard let registered = try transaction.customer(customer), registered.status == .active,
      let number = registered.smsNumber, number.hasPrefix(in: limits.mobilePrefixes)
    else { return nil }
    return number
  }

  func recentMessages(
    to number: PhoneNumber, for customer: CustomerNumber, in transaction: any Transaction,
    at now: Date
  ) throws -> RecentMessages {
    try transaction.recentMessages(
      kind: .smsCode, to: number.e164, for: customer, since: now.addingTimeInterval(-86_400))
  }

  func send(
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
}
