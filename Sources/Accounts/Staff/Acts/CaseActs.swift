internal import Domain
internal import FoundationEssentials
internal import InternationalDomains
internal import Outbox
internal import Persistence

/// Does what staff may do about a case, in one transaction with its row in the audit trail and the
/// customer's notice (R4).
package struct CaseActs: Sendable {
  let world: World
  let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  /// The most characters that a customer is told by staff.
  package static let longestWords = 1000

  /// What an act is to be done with.
  package struct Wish: Sendable {
    package let act: CaseAct
    /// An address, or the number of a message or a request; empty where nothing is asked.
    package let operand: String
    package let reason: String
    /// What the customer is told, where the act asks for it.
    package let words: String
    /// What the caller has just read out, where the act waits for that; empty where it does not.
    package let callerCode: String

    package init(
      _ act: CaseAct, operand: String = "", reason: String, words: String = "",
      callerCode: String = ""
    ) {
      self.act = act
      self.operand = operand
      self.reason = reason
      self.words = words
      self.callerCode = callerCode
    }

    /// One paragraph of a letter; `nil` when it is empty, or longer than anybody reads.
    var wordsForCustomer: String? {
      let paragraph = words.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
      return (1...CaseActs.longestWords).contains(paragraph.count) ? paragraph : nil
    }
  }

  /// «Megteszem». A code that the caller read out is tried before the act, and the try is counted
  /// whether the act fits or not (R6); what lacks a reason, an address or words costs none.
  package func perform(
    _ wish: Wish, on number: CaseOpening.ID, in session: StaffSession
  ) async throws -> CaseAct.Outcome {
    let now = world.now()
    guard session.member.role.may(wish.act.duty) else { return .forbidden }
    guard let act = session.act(because: wish.reason) else { return .reasonMissing }
    if wish.act.operand == .email {
      do throws(EmailAddress.Invalid) { _ = try EmailAddress(typed: wish.operand) } catch {
        return .emailInvalid(error)
      }
    }
    guard !wish.act.asksWords || wish.wordsForCustomer != nil else { return .wordsMissing }
    let outcome = try await world.store.write { transaction -> CaseAct.Outcome in
      guard let opening = try transaction.caseOpenings.opening(number, of: session) else {
        return .notOpen
      }
      if let refusal = try proofRefusal(wish, opening, session, in: transaction, at: now) {
        return refusal
      }
      guard !wish.act.needsConsent else {
        guard let customer = opening.subject.customer else { return .notOpen }
        return try ask(wish, customer, session, act, in: transaction, at: now)
      }
      return try carryOut(wish, on: opening.subject, by: act, in: transaction, at: now)
    }
    if outcome == .done { world.dispatchSignal.send() }
    return outcome
  }

  /// Why the caller's proof is not enough for an act; `nil` where it is, or none is needed.
  private func proofRefusal(
    _ wish: Wish, _ opening: CaseOpening, _ session: StaffSession,
    in transaction: any Transaction, at now: Date
  ) throws -> CaseAct.Outcome? {
    guard wish.act.needsProof(from: session.member.role),
      !opening.isProven(at: now, world.limits.staff)
    else { return nil }
    guard !wish.callerCode.isEmpty else { return .proofMissing }
    guard let entry = try? CodeEntry(wish.callerCode, alphabet: .digits) else {
      return .codeUnreadable
    }
    let proofs = CallerProofs(world: world)
    switch try proofs.enter(entry, for: opening, session, in: transaction, at: now) {
    case .proven: return nil
    case .wrong: return .codeWrong
    case .over: return .codeOver
    case .unreadable: return .codeUnreadable
    // No code was ever sent.
    case .notOpen: return .proofMissing
    }
  }

  private func ask(
    _ wish: Wish, _ customer: CustomerNumber, _ session: StaffSession, _ act: StaffAct,
    in transaction: any Transaction, at now: Date
  ) throws -> CaseAct.Outcome {
    guard try fits(wish.act, customer, in: transaction) else { return .outOfTurn }
    // What nobody has decided in time is no longer in the way of asking anew.
    try transaction.staffConsents.forgetOver(
      wish.act, customer, askedBefore: consentsAsked(after: now))
    guard
      try transaction.staffConsents.ask(
        wish.act, customer, value: wish.operand.isEmpty ? nil : wish.operand, by: session.member,
        because: wish.reason, at: now)
    else { return .alreadyAsked }
    try transaction.record(
      AuditEvent(kind: .consentAsked, detail: act.detail(wish.act.rawValue), customer: customer),
      at: now)
    return .consentAsked
  }

  private func fits(
    _ act: CaseAct, _ customer: CustomerNumber, in transaction: any Transaction
  ) throws -> Bool {
    switch act {
    case .erase: try transaction.records.knows(customer)
    case .unlock: try transaction.accounts.account(of: customer)?.standing.lock != nil
    default: try transaction.accounts.account(of: customer) != nil
    }
  }

  // MARK: Consent

  /// Whoever asked earlier may not mean it any more, and the case has changed since.
  private func consentsAsked(after now: Date) -> Date {
    now.addingTimeInterval(-Double(world.limits.staff.consentLifetimeSeconds))
  }

  package func waiting(for session: StaffSession) async throws -> [StaffConsent] {
    let now = world.now()
    return try await world.store.write { transaction in
      let waiting = try transaction.staffConsents.waiting(
        for: session.member, askedAfter: consentsAsked(after: now), atMost: 200)
      if !waiting.isEmpty {
        try transaction.recordList(.consents, in: session, at: now)
      }
      return waiting
    }
  }

  package enum ConsentOutcome: Hashable, Sendable {
    case decided(CaseAct.Outcome)
    case refused
    /// Who asked cannot agree.
    case isOwn
    case forbidden
    /// Somebody else has decided, its time is over, or it was never asked.
    case over
  }

  /// «Jóváhagyom» and «Elutasítom»: what was asked is done now, in the asker's name.
  package func decide(
    _ id: StaffConsent.ID, isGiven: Bool, in session: StaffSession
  ) async throws -> ConsentOutcome {
    let now = world.now()
    guard session.member.role.may(.consent) else { return .forbidden }
    let outcome = try await world.store.write { transaction -> ConsentOutcome in
      guard
        let consent = try transaction.staffConsents.waiting(
          id, for: session.member, askedAfter: consentsAsked(after: now))
      else { return .over }
      guard !consent.askedByMe else { return .isOwn }
      try transaction.staffConsents.decide(id, isGiven: isGiven, by: session.member, at: now)
      try transaction.record(
        AuditEvent(
          kind: isGiven ? .consentGiven : .consentRefused,
          detail: session.act.detail("\(consent.act.rawValue), asked by \(consent.askedBy)"),
          customer: consent.customer),
        at: now)
      guard isGiven else { return .refused }
      guard let act = StaffAct(by: consent.askedBy.text, reason: consent.reason) else {
        return .over
      }
      let wish = Wish(consent.act, operand: consent.value ?? "", reason: consent.reason)
      return .decided(
        try carryOut(
          wish, on: CaseSubject(customer: consent.customer), by: act, in: transaction, at: now))
    }
    if case .decided = outcome { world.dispatchSignal.send() }
    return outcome
  }
}
