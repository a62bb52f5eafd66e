internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// The code by SMS as the proof.
///
/// It goes to the number in the register (R7), within the limits of all codes by SMS, and shares
/// the count of the customer's wrong ones with the registration (D 1, attack 18).
extension StepUps {
  // MARK: Sending

  package enum SendingOutcome: Hashable, Sendable {
    case of(CodeResendOutcome)
    /// No code is needed: the session is proven.
    case proven
    case impossible(StepUpObstacle)
    /// Too many wrong codes or too many messages of all customers today (D 1).
    case suspended
    /// This network has left too many codes unanswered today.
    case limited(retryAfterSeconds: Int)
    /// The session has ended meanwhile.
    case over
  }

  /// «Kódot kérek», and «Új SMS-t kérek».
  ///
  /// - Parameters:
  ///   - mark: the ``SendingMark`` of the page on which it was pressed
  ///   - language: of that page, and so of the message
  ///   - network: where the request comes from, as the limits count it
  package func sendCode(
    in token: Token, mark: String = "", language: Language, from network: String? = nil
  ) async throws -> SendingOutcome {
    let now = world.now()
    let smsCodes = SMSCodes(world: world, network: network)
    let challenge = world.codes.newChallenge(.sms(world.limits), at: now)
    let outcome: SendingOutcome
    do {
      outcome = try await world.store.write { transaction in
        guard let row = try transaction.stepUps.hold(token) else { return .over }
        return try send(
          Sending(row: row, token: token, mark: mark, language: language, new: challenge),
          smsCodes, in: transaction, at: now)
      }
    } catch is SMSBudget.Spent {
      return try await suspend(token, at: now)
    }
    if case .of(.sent) = outcome { world.dispatchSignal.send([.sms]) }
    return outcome
  }

  /// A click that asks for a code.
  private struct Sending {
    let row: StepUpRow
    let token: Token
    let mark: String
    let language: Language
    let new: Challenge

    var account: Account { row.account }
  }

  private func send(
    _ sending: Sending, _ smsCodes: SMSCodes, in transaction: any Transaction, at now: Date
  ) throws -> SendingOutcome {
    let account = sending.account
    if sending.row.proof.isEnough(at: now, limits: world.limits) { return .proven }
    // A double click costs nothing, also when the first one sent the last that there is.
    if let present = sending.row.challenge,
      case .sending(let isNewCode) = SendingMark.missed(
        by: sending.mark, present, at: now, limits: world.limits)
    {
      return .of(.sent(isNewCode: isNewCode))
    }
    let refusal = try smsCodes.refusal(
      [.unanswered], after: try smsCodes.used(in: transaction, at: now),
      event(.stepUpLimit, of: account), in: transaction, at: now)
    switch refusal {
    case nil: break
    case .suspended?: return .suspended
    case .limited(let seconds)?: return .limited(retryAfterSeconds: seconds)
    }
    let smsStep = try transaction.registrations.smsStep(of: account.customer)
    switch try way(of: account, smsStep, in: transaction) {
    case .none(let obstacle):
      try refuse(obstacle.rawValue, account, in: transaction, at: now)
      return .impossible(obstacle)
    case .sms(let number):
      let recent = try transaction.messages.recent(
        kind: .stepUpCode, to: number.e164, for: account.customer,
        since: smsStep.messagesCount(at: now))
      return .of(
        try resend(sending, to: number, after: recent, smsCodes, in: transaction, at: now))
    }
  }

  private func way(
    of account: Account, _ smsStep: SMSStep, in transaction: any Transaction
  ) throws -> StepUpWay {
    StepUpWay(
      number: try transaction.register.customer(account.customer)?.smsNumber,
      isDisabled: smsStep.isDisabled, limits: world.limits)
  }

  private func resend(
    _ sending: Sending, to number: PhoneNumber, after recent: RecentMessages,
    _ smsCodes: SMSCodes, in transaction: any Transaction, at now: Date
  ) throws -> CodeResendOutcome {
    func maySend() throws -> Bool {
      guard recent.fillDay(world.limits) else { return true }
      try refuse("day", sending.account, in: transaction, at: now)
      return false
    }
    func send(_ challenge: Challenge, isNewCode: Bool) throws {
      try queue(challenge, to: number, sending, smsCodes, in: transaction, at: now)
    }
    guard let present = sending.row.challenge else {
      guard try maySend() else { return .tooMany }
      try send(sending.new, isNewCode: true)
      return .sent(isNewCode: true)
    }
    return try present.resend(
      mark: sending.mark, drawing: sending.new, at: now, limits: world.limits, maySend: maySend,
      send: send)
  }

  private func queue(
    _ challenge: Challenge, to number: PhoneNumber, _ sending: Sending, _ smsCodes: SMSCodes,
    in transaction: any Transaction, at now: Date
  ) throws {
    let account = sending.account
    try smsCodes.spend(in: transaction, at: now)
    try transaction.stepUps.save(challenge, in: sending.token)
    try transaction.enqueue(
      world.correspondence.stepUpCode(
        world.codes.code(of: challenge, world.limits.smsAlphabet), to: number,
        series: series(of: account.id, in: sending.token),
        sending: challenge.sending(at: now),
        for: account.customer, in: sending.language, expiring: challenge.expiresAt, at: now),
      to: account, at: now)
    try transaction.record(
      event(.stepUpAsked, detail: StepUpProof.sms.rawValue, of: account), at: now)
  }

  /// Staff see why no code came.
  private func refuse(
    _ reason: String, _ account: Account, in transaction: any Transaction, at now: Date
  ) throws {
    try world.limitReached(
      event(.stepUpLimit, detail: reason, of: account), of: account.customer.text,
      in: transaction, at: now)
  }

  private func suspend(_ token: Token, at now: Date) async throws -> SendingOutcome {
    try await world.store.write { transaction in
      guard let row = try transaction.stepUps.hold(token) else { return .over }
      try transaction.record(.budget, event(.stepUpLimit, of: row.account), at: now)
      return .suspended
    }
  }

  // MARK: Entering

  package enum ProofOutcome: Hashable, Sendable {
    /// The session continues under a new token (ASVS 7.2.4); the same for the same click.
    case proven(Token)
    /// It was proven before this click.
    case provenBefore
    case mistake(CodeMistake)
    case impossible(StepUpObstacle)
    /// Too many wrong codes of all customers today (D 1).
    case suspended
    /// Too many wrong codes from this network today.
    case limited(retryAfterSeconds: Int)
    /// No code is awaited.
    case notAsked
    /// The session has ended.
    case over
  }

  /// «Tovább», below the code from the SMS.
  ///
  /// A try is counted before it is compared (R6).
  package func enterCode(
    _ entry: CodeEntry, in token: Token, from network: String? = nil
  ) async throws -> ProofOutcome {
    let now = world.now()
    let smsCodes = SMSCodes(world: world, network: network)
    let (outcome, failures) = try await world.store.write { transaction in
      if let row = try transaction.stepUps.hold(token) {
        return try enter(
          Entering(entry: entry, row: row, token: token, isRepeated: false), smsCodes,
          in: transaction, at: now)
      }
      // The click after the one that proved it, from a browser that lost the first answer.
      guard let row = try transaction.stepUps.hold(successor(of: token)) else { return (.over, 0) }
      return try enter(
        Entering(entry: entry, row: row, token: successor(of: token), isRepeated: true), smsCodes,
        in: transaction, at: now)
    }
    smsCodes.tell(of: failures)
    return outcome
  }

  /// A click with a code.
  private struct Entering {
    let entry: CodeEntry
    let row: StepUpRow
    /// The session's present one.
    let token: Token
    /// Whether the browser still has the token of before the proof.
    let isRepeated: Bool
  }

  private func enter(
    _ entering: Entering, _ smsCodes: SMSCodes, in transaction: any Transaction, at now: Date
  ) throws -> (ProofOutcome, failures: Int) {
    let row = entering.row
    let isProven = row.proof.isEnough(at: now, limits: world.limits)
    if isProven != entering.isRepeated { return (isProven ? .provenBefore : .over, 0) }
    guard var challenge = entering.isRepeated ? row.used : row.challenge else {
      return (entering.isRepeated ? .over : .notAsked, 0)
    }
    let refusal = try smsCodes.refusal(
      [.wrong], after: try smsCodes.used(in: transaction, at: now),
      event(.stepUpLimit, of: row.account), in: transaction, at: now)
    switch refusal {
    case nil: break
    case .suspended?: return (.suspended, 0)
    case .limited(let seconds)?: return (.limited(retryAfterSeconds: seconds), 0)
    }
    var smsStep = try transaction.registrations.smsStep(of: row.account.customer)
    // A code to a number that the register has given up proves nothing.
    if case .none(let obstacle) = try way(of: row.account, smsStep, in: transaction) {
      return (.impossible(obstacle), 0)
    }
    let tried = challenge.try(
      matches: world.codes.matches(entering.entry, challenge, world.limits.smsAlphabet), at: now)
    try transaction.stepUps.save(challenge, in: entering.token)
    switch tried {
    case .expired: return (entering.isRepeated ? .over : .mistake(.expired), 0)
    case .spent: return (entering.isRepeated ? .over : .mistake(.spent), 0)
    case .accepted where entering.isRepeated: return (.proven(entering.token), 0)
    case .accepted:
      if smsStep.failuresInARow > 0 {
        smsStep.succeeded()
        try transaction.registrations.save(smsStep)
      }
      try smsCodes.costs.answered(in: transaction, at: now)
      let token = try prove(row, by: .sms, after: entering.token, in: transaction, at: now)
      return (token.map { .proven($0) } ?? .over, 0)
    case .wrong(let triesLeft):
      smsStep.failed(at: now, limits: world.limits)
      try transaction.registrations.save(smsStep)
      let failures = try countFailure(
        of: row.account, smsStep, smsCodes, in: transaction, at: now)
      if smsStep.isDisabled { return (.impossible(.smsStepDisabled), failures) }
      return (entering.isRepeated ? .over : .mistake(.wrong(triesLeft: triesLeft)), failures)
    }
  }

  private func countFailure(
    of account: Account, _ smsStep: SMSStep, _ smsCodes: SMSCodes,
    in transaction: any Transaction, at now: Date
  ) throws -> Int {
    try transaction.record(event(.stepUpWrong, of: account), at: now)
    if smsStep.isDisabled { try transaction.record(event(.smsStepDisabled, of: account), at: now) }
    return try smsCodes.countFailure(in: transaction, at: now)
  }
}
