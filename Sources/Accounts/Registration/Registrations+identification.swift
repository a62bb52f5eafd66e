internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// Identification (J2, J3): compares a claim to be a customer with the register.
extension Registrations {
  /// The browser, form and network address that a click came from.
  package struct Visit: Sendable {
    /// The registration that the browser has open, if any.
    package let token: Token?
    /// The form's own token: the same click twice opens one registration.
    package let form: [UInt8]
    package let language: Language
    /// The network address, for the limit per address; `nil` where all customers would share one.
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
    /// There is no register yet, so that nobody can be found in it.
    case notOpen
    /// The insurer's own service, which would know, does not answer.
    case registerUnavailable(retryAfterSeconds: Int)
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
    let answer: CustomerRegister.Answer?
    do throws(RegisterUnavailable) {
      answer = try await ask(claim, on: visit, at: now)
    } catch {
      return try await withoutRegister(error, visit, caseNumber: caseNumber, at: now)
    }
    let identified: Identified
    do {
      identified = try await world.store.write { transaction in
        var (registration, token) = try open(
          visit, caseNumber: caseNumber, in: transaction, at: now)
        registration.language = visit.language
        let outcome = try decide(
          claim, knowing: answer, on: visit, &registration, drawing: challenge, in: transaction,
          at: now)
        try transaction.registrations.save(registration)
        return Identified(outcome: outcome, token: token, caseNumber: registration.caseNumber)
      }
    } catch is SMSBudget.Spent {
      return try await suspend(visit, caseNumber: caseNumber, at: now)
    }
    if identified.outcome == .codeSent { world.dispatchSignal.send([.sms]) }
    return identified
  }

  /// What the insurer's own service says; `nil` where the register is ours, and where too many
  /// tries have failed to ask for anybody.
  private func ask(
    _ claim: Claim, on visit: Visit, at now: Date
  ) async throws(RegisterUnavailable) -> CustomerRegister.Answer? {
    guard let copy = world.registerCopy else { return nil }
    let counts = MismatchCounts.all(of: claim, from: visit.address, limits)
    let isLimited = try? await world.store.read { transaction in
      try counts.contains { try transaction.counts.used($0.0, at: now) >= $0.1 }
    }
    return isLimited == true ? nil : try await copy.look(claim.number)
  }

  /// The page says when to come back, and the call centre finds the case (D 5).
  private func withoutRegister(
    _ unavailable: RegisterUnavailable, _ visit: Visit, caseNumber: CaseNumber, at now: Date
  ) async throws -> Identified {
    try await world.store.write { transaction in
      let (registration, token) = try open(
        visit, caseNumber: caseNumber, in: transaction, at: now)
      try transaction.count(
        AnonymousEvent(
          AuditEvent(
            kind: .mismatch, detail: "register_unavailable", registration: registration.id),
          from: Array(registration.id.description.utf8)), at: now)
      return Identified(
        outcome: .registerUnavailable(retryAfterSeconds: unavailable.retryAfterSeconds),
        token: token, caseNumber: registration.caseNumber)
    }
  }

  /// Nothing can be sent to anybody: the page says so, and the call centre finds the case (D 5).
  private func suspend(
    _ visit: Visit, caseNumber: CaseNumber, at now: Date
  ) async throws -> Identified {
    try await world.store.write { transaction in
      let (registration, token) = try open(
        visit, caseNumber: caseNumber, in: transaction, at: now)
      try transaction.record(
        .budget, AuditEvent(kind: .smsLimit, registration: registration.id), at: now)
      return Identified(outcome: .suspended, token: token, caseNumber: registration.caseNumber)
    }
  }

  /// What was typed cannot be a claim: the page says why, and the call centre finds it (D 5).
  ///
  /// Counted before anything is written: without a limit a stranger could fill the disk.
  ///
  /// - Parameter mistakes: what is wrong in which field, without anything that was typed
  package func refuse(_ mistakes: String, on visit: Visit) async throws -> Refused {
    let now = world.now()
    let caseNumber = CaseNumber(drawing: world.randomBytes(32))
    return try await world.store.write { transaction in
      if let seconds = try countMistake(from: visit.address, in: transaction, at: now) {
        return .limited(retryAfterSeconds: seconds)
      }
      let (registration, token) = try open(
        visit, caseNumber: caseNumber, in: transaction, at: now)
      try transaction.count(
        AnonymousEvent(
          AuditEvent(kind: .claimInvalid, detail: mistakes, registration: registration.id),
          from: Array(registration.id.description.utf8)), at: now)
      return .told(token, registration.caseNumber)
    }
  }

  /// What came of a form that cannot be a claim.
  package enum Refused: Hashable, Sendable {
    case told(Token, CaseNumber)
    /// Too many of them from this network address.
    case limited(retryAfterSeconds: Int)
  }

  private func countMistake(
    from address: String?, in transaction: any Transaction, at now: Date
  ) throws -> Int? {
    guard let address else { return nil }
    let count = EventCount(
      name: "mistake_address", key: sha256(Array(address.utf8)), windowSeconds: 600)
    guard
      try transaction.counts.increase(count, at: now) > limits.mistakesPerAddressPerTenMinutes
    else { return nil }
    try world.limitReached(
      AuditEvent(kind: .mistakeLimit, detail: count.name), from: count.key, in: transaction,
      at: now)
    return count.secondsLeft(at: now)
  }

  /// How often one form may begin again after the registration that it opened has ended.
  private static let opensPerForm: ClosedRange<UInt8> = 1...20

  private func open(
    _ visit: Visit, caseNumber: CaseNumber, in transaction: any Transaction, at now: Date
  ) throws -> (Registration, Token) {
    if let current = visit.token,
      let registration = try transaction.registrations.registration(current, locking: true),
      registration.isOpen(at: now)
    {
      return (registration, current)
    }
    // The same click twice finds what the first one opened. A page that is sent again after that
    // registration has ended opens another one.
    for turn in Self.opensPerForm {
      if let opened = try open(
        click: visit.form + [turn], visit, caseNumber: caseNumber, in: transaction, at: now)
      {
        return opened
      }
    }
    // A page that is sent over and over can no longer count as one click.
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
    let registration = try transaction.registrations.open(
      key: sha256(click), token: token, caseNumber: caseNumber, language: visit.language,
      at: now, expiring: now.addingTimeInterval(Double(limits.registrationLifetimeSeconds)))
    guard let registration, registration.isOpen(at: now) else { return nil }
    return (registration, token)
  }

  private func decide(
    _ claim: Claim, knowing said: CustomerRegister.Answer?, on visit: Visit,
    _ registration: inout Registration, drawing challenge: Challenge,
    in transaction: any Transaction, at now: Date
  ) throws -> IdentificationOutcome {
    let counts = MismatchCounts.all(of: claim, from: visit.address, limits)
    let smsCodes = SMSCodes(world: world, network: visit.address)
    let used = try smsCodes.used(holding: counts.map(\.0), in: transaction, at: now)
    let reached = counts.filter { used[$0.0, default: 0] >= $0.1 }.map(\.0)
    if let first = reached.first {
      // One row, whichever they are; by their keys staff can lift them.
      try world.limitReached(
        AuditEvent(kind: .mismatchLimit, detail: first.name, registration: registration.id),
        from: MismatchCounts.source(of: reached), in: transaction, at: now)
      return .limited(retryAfterSeconds: reached.map { $0.secondsLeft(at: now) }.max() ?? 1)
    }
    let answer = try said?.claimed ?? transaction.register.lookUp(claim.number)
    let comparison = claim.compare(with: answer, limits: limits)
    switch comparison {
    // Asked whatever does not match, or the time would tell an unknown number (J3).
    case .failure where try said == nil && !transaction.register.hasCustomers():
      // Held against nobody: it was nobody's mistake. Nor does it fill the sealed trail.
      try transaction.count(
        AnonymousEvent(
          AuditEvent(kind: .mismatch, detail: "no_register", registration: registration.id),
          from: Array(registration.id.description.utf8)), at: now)
      return .notOpen
    case .failure(let refused):
      _ = try transaction.counts.increase(counts.map(\.0), at: now)
      try transaction.record(
        AuditEvent(
          kind: .mismatch, detail: refused.reason.rawValue, customer: refused.customer(in: answer),
          registration: registration.id),
        at: now)
      return .noMatch
    case .success(let match):
      // Only who is proven by both numbers is copied.
      if let record = said?.record { try transaction.registerCopies.keep(record, at: now) }
      return try admit(
        match, smsCodes, after: used, &registration, drawing: challenge, in: transaction,
        at: now)
    }
  }

  private func admit(
    _ match: Claim.Match, _ smsCodes: SMSCodes, after used: [EventCount: Int],
    _ registration: inout Registration, drawing challenge: Challenge,
    in transaction: any Transaction, at now: Date
  ) throws -> IdentificationOutcome {
    let customer = match.customer
    // A double click costs nothing, also when the first one sent the last that there is.
    if !registration.awaitsCode(of: customer, at: now),
      let refusal = try smsCodes.refusal(
        NetworkCosts.Kind.allCases, after: used,
        AuditEvent(kind: .smsLimit, customer: customer, registration: registration.id),
        in: transaction, at: now)
    {
      switch refusal {
      case .suspended: return .suspended
      case .limited(let seconds): return .limited(retryAfterSeconds: seconds)
      }
    }
    let smsStep = try transaction.registrations.smsStep(of: customer)
    let sending = registration.identify(
      customer, smsStep: smsStep,
      recent: try recentMessages(to: match.smsNumber, for: smsStep, in: transaction, at: now),
      drawing: challenge, at: now, limits: limits)
    switch sending {
    case .send(let challenge, _):
      try send(
        challenge, to: match.smsNumber, registration, customer, smsCodes, in: transaction, at: now)
      return .codeSent
    case .underWay, .tooSoon: return .codeSent
    case .tooMany(let limit):
      try record(limit, of: registration, customer, in: transaction, at: now)
      return .tooManyMessages(limit)
    case .disabled:
      try transaction.recordOnce(
        AuditEvent(kind: .smsStepRefused, customer: customer, registration: registration.id),
        of: customer.text, at: now)
      return .smsStepDisabled
    case .expired, .outOfTurn:
      // Only an open registration gets here; it was locked when that was established.
      throw MissingRow("open registration")
    }
  }
}

extension IdentificationRefused {
  /// With whom staff find the attempt: who has the number, or had it.
  fileprivate func customer(in answer: RegisterAnswer) -> CustomerNumber? {
    switch reason {
    // Which of them it was nobody knows.
    case .severalCustomers, .oldNumberOfSeveral: nil
    case .oldCustomerNumber: answer.oldOwner
    case .unknownNumber, .customerBlocked, .customerDeceased, .customerClosed, .noSMSNumber,
      .unsuitableSMSNumber, .otherMobile:
      answer.customer?.number
    }
  }
}
