internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// Identification (J2, J3): who claims to be a customer, compared with the register.
extension Registrations {
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
}
