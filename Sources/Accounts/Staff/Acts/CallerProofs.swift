internal import Cryptography
internal import Domain
package import FoundationEssentials
internal import Outbox
internal import Persistence

/// How far the proof of a caller has come.
package enum CallerProof: Hashable, Sendable {
  /// There is no number that may be texted, or the register says that the customer gets no messages
  /// (D 12).
  case impossible
  case notAsked
  /// A code is on its way; the caller reads it out.
  case asked(triesLeft: Int, minutesLeft: Int)
  /// The code is over or its tries are.
  case over
  case proven(until: Date)
  /// It was proven too long ago: whoever is on the line now has to prove it again.
  case ended
}

extension CallerProof {
  package var isProven: Bool { if case .proven = self { true } else { false } }

  /// - Parameter canText: whether the customer has a number that a code can go to
  init(_ opening: CaseOpening, canText: Bool, at now: Date, _ limits: StaffLimits) {
    if let end = opening.proofEnd(limits), now < end {
      self = .proven(until: end)
    } else if let challenge = opening.challenge,
      opening.provenAt.map({ $0 < challenge.sentAt }) ?? true
    {
      let life = challenge.expiresAt.timeIntervalSince(now)
      self =
        life > 0 && challenge.triesLeft > 0
        ? .asked(triesLeft: challenge.triesLeft, minutesLeft: Int((life / 60).rounded(.up)))
        : .over
    } else if canText {
      self = opening.provenAt == nil ? .notAsked : .ended
    } else {
      self = .impossible
    }
  }
}

/// Proves that a caller has the customer's phone: a code goes to the number on file, the caller
/// reads it out, the agent types it and never sees it.
package struct CallerProofs: Sendable {
  private let world: World

  package init(world: World) {
    self.world = world
  }

  package enum SendingOutcome: Hashable, Sendable {
    case sent
    case impossible
    /// Too many today, for the customer or for everybody.
    case tooMany
    case tooSoon(secondsLeft: Int)
    case notOpen
  }

  /// «Kódot küldök».
  package func send(
    for id: CaseOpening.ID, in session: StaffSession
  ) async throws -> SendingOutcome {
    let now = world.now()
    let challenge = world.codes.newChallenge(terms, at: now)
    let outcome: SendingOutcome
    do {
      outcome = try await world.store.write {
        try send(challenge, for: id, session, in: $0, at: now)
      }
    } catch is SMSBudget.Spent { return .tooMany }
    if outcome == .sent { world.dispatchSignal.send() }
    return outcome
  }

  private var terms: Codes.Terms {
    Codes.Terms(
      alphabet: .digits, lifetimeSeconds: world.limits.staff.callerCodeLifetimeSeconds,
      tries: world.limits.staff.callerCodeTries)
  }

  private func send(
    _ challenge: Challenge, for id: CaseOpening.ID, _ session: StaffSession,
    in transaction: any Transaction, at now: Date
  ) throws -> SendingOutcome {
    guard let opening = try transaction.caseOpenings.opening(id, of: session),
      let number = opening.subject.customer
    else { return .notOpen }
    guard let phone = try transaction.register.customer(number)?.numberForMessages(world.limits)
    else { return .impossible }
    if let last = opening.challenge {
      let left = last.secondsUntilResend(at: now, limits: world.limits)
      guard left == 0 else { return .tooSoon(secondsLeft: left) }
    }
    let recent = try transaction.messages.recent(
      kind: .callerCode, to: phone.e164, for: number, since: now.addingTimeInterval(-86_400))
    guard max(recent.toRecipient, recent.forCustomer) < world.limits.staff.callerCodesPerDay
    else { return .tooMany }
    for alarm in try SMSBudget(limits: world.limits).spend(in: transaction, at: now) {
      world.raise(alarm)
    }
    let language = try transaction.accounts.account(of: number)?.language ?? .hungarian
    try transaction.caseOpenings.save(challenge, in: id)
    try transaction.enqueue(
      world.correspondence.callerCode(
        world.codes.code(of: challenge, .digits), to: phone,
        opening: "\(id)/\(hexadecimal(challenge.nonce.prefix(4)))", for: number, in: language,
        expiring: challenge.expiresAt),
      at: now)
    let act = session.act(because: opening.reason) ?? session.act
    try transaction.record(
      AuditEvent(kind: .callerCodeSent, detail: act.detail(), customer: number), at: now)
    return .sent
  }

  package enum Outcome: Hashable, Sendable {
    case proven
    case wrong(triesLeft: Int)
    /// The code is over, or its tries are.
    case over
    /// What was typed cannot be the code.
    case unreadable
    case notOpen
  }

  /// «Ellenőrzöm»: a try is counted, whatever it was (R6).
  package func enter(
    _ typed: String, for id: CaseOpening.ID, in session: StaffSession
  ) async throws -> Outcome {
    let now = world.now()
    guard let entry = try? CodeEntry(typed, alphabet: .digits) else { return .unreadable }
    return try await world.store.write { transaction in
      guard let opening = try transaction.caseOpenings.opening(id, of: session) else {
        return .notOpen
      }
      return try enter(entry, for: opening, session, in: transaction, at: now)
    }
  }

  /// The same within somebody else's transaction.
  func enter(
    _ entry: CodeEntry, for opening: CaseOpening, _ session: StaffSession,
    in transaction: any Transaction, at now: Date
  ) throws -> Outcome {
    guard let customer = opening.subject.customer, var challenge = opening.challenge else {
      return .notOpen
    }
    if opening.isProven(at: now, world.limits.staff) { return .proven }
    let outcome = challenge.try(
      matches: world.codes.matches(entry, challenge, .digits), at: now)
    try transaction.caseOpenings.save(challenge, in: opening.id)
    let act = session.act(because: opening.reason) ?? session.act
    switch outcome {
    case .expired, .spent: return .over
    case .wrong(let triesLeft):
      try transaction.record(
        AuditEvent(kind: .callerCodeWrong, detail: act.detail(), customer: customer), at: now)
      return .wrong(triesLeft: triesLeft)
    case .accepted:
      try transaction.caseOpenings.prove(opening.id, at: now)
      try transaction.record(
        AuditEvent(kind: .callerProven, detail: act.detail(), customer: customer), at: now)
      return .proven
    }
  }
}
