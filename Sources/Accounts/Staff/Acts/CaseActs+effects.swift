internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import InternationalDomains
internal import Outbox
internal import Persistence

/// What each act does.
extension CaseActs {
  func carryOut(
    _ wish: Wish, on subject: CaseSubject, by staff: StaffAct, in transaction: any Transaction,
    at now: Date
  ) throws -> CaseAct.Outcome {
    // A number that nobody has can be typed too often as well.
    if wish.act == .liftMismatchCounts {
      return try liftMismatchCounts(of: subject, by: staff, in: transaction, at: now)
    }
    guard let customer = subject.customer else { return .notOpen }
    return try carryOut(wish, customer, by: staff, in: transaction, at: now)
  }

  private func carryOut(
    _ wish: Wish, _ customer: CustomerNumber, by staff: StaffAct, in transaction: any Transaction,
    at now: Date
  ) throws -> CaseAct.Outcome {
    let (act, operand) = (wish.act, wish.operand)
    let callCentre = CallCentre(world: world, act: staff)
    switch act {
    case .enableSMSStep:
      _ = try callCentre.enableSMSStep(of: customer, in: transaction, at: now)
      return .done
    case .liftSMSCounts:
      return try liftSMSCounts(of: customer, by: staff, in: transaction, at: now)
    case .liftMismatchCounts:
      return try liftMismatchCounts(
        of: CaseSubject(customer: customer), by: staff, in: transaction, at: now)
    case .endSessions:
      return try callCentre.endSessions(of: customer, in: transaction, at: now) == nil
        ? .outOfTurn : .done
    case .lock, .lockForNewProof:
      let kind: AccountStanding.Lock = act == .lock ? .staff : .newProof
      let outcome = try AccountLocks(world: world)
        .lock(customer, kind, by: staff, in: transaction, at: now)
      return outcome == .noAccount ? .outOfTurn : .done
    case .unlock:
      let outcome = try AccountLocks(world: world)
        .unlock(customer, by: staff, in: transaction, at: now)
      return outcome == .unlocked ? .done : .outOfTurn
    case .erase:
      let outcome = try Records.erase(
        customer, by: staff.staff, staff, newSalt: world.randomBytes(Pseudonym.saltLength),
        in: transaction, at: now)
      return outcome == .nothingKept ? .outOfTurn : .done
    case .liftLoginCounts, .freeAddress, .resendEmailCode, .correctEmail, .changeUserName:
      guard let account = try transaction.accounts.account(of: customer),
        try transaction.accounts.hold(account.id)
      else { return .outOfTurn }
      return try carryOut(act, operand, account, by: staff, in: transaction, at: now)
    case .retryMessage, .cancelMessage:
      return try move(act, operand, customer, by: staff, in: transaction, at: now)
    case .finishRequest, .declineRequest:
      return try answer(wish, customer, by: staff, in: transaction, at: now)
    }
  }

  // MARK: Limits

  /// Codes by SMS as on a new day, also to a number that the family shares. What guessing is held
  /// against stays: wrong codes in a row, and what a network or everybody may cost (D 1, D 13).
  private func liftSMSCounts(
    of customer: CustomerNumber, by staff: StaffAct, in transaction: any Transaction, at now: Date
  ) throws -> CaseAct.Outcome {
    var smsStep = try transaction.registrations.smsStep(of: customer)
    smsStep.liftMessageLimit(at: now)
    try transaction.registrations.save(smsStep)
    try transaction.forgetRecorded(
      .smsLimit, of: Registration.MessageLimit.day.source(of: customer))
    try transaction.record(
      AuditEvent(kind: .smsCountsLifted, detail: staff.detail(), customer: customer), at: now)
    return .done
  }

  private func liftMismatchCounts(
    of subject: CaseSubject, by staff: StaffAct, in transaction: any Transaction, at now: Date
  ) throws -> CaseAct.Outcome {
    let attempts = try CaseMaterialQueries(transaction: transaction).attempts(of: subject)
    guard try MismatchCounts.forget(metBy: attempts.map(\.id), in: transaction) else {
      return .outOfTurn
    }
    try transaction.record(
      AuditEvent(
        kind: .mismatchCountsLifted, detail: staff.detail(), customer: subject.customer,
        registration: attempts.first?.id), at: now)
    return .done
  }

  // MARK: Account

  private func carryOut(
    _ act: CaseAct, _ operand: String, _ account: Account, by staff: StaffAct,
    in transaction: any Transaction, at now: Date
  ) throws -> CaseAct.Outcome {
    func record(_ kind: AuditEvent.Kind) throws {
      try transaction.record(
        AuditEvent(
          kind: kind, detail: staff.detail(), customer: account.customer, account: account.id),
        at: now)
    }
    let confirmations = Confirmations(world: world, passwords: passwords)
    switch act {
    case .liftLoginCounts:
      try LoginCounts.forget(account.email, in: transaction)
      try record(.loginCountsLifted)
    case .freeAddress:
      guard !account.isConfirmed,
        try transaction.accounts.freeAddress(account.email, unconfirmedSince: nil, except: nil)
          != nil
      else { return .outOfTurn }
      try transaction.sessions.endAll(of: account.id, at: now)
      try record(.addressFreed)
    case .resendEmailCode:
      guard !account.isConfirmed else { return .outOfTurn }
      guard try confirmations.maySend(to: account, in: transaction, at: now) else {
        return .tooMany
      }
      try confirmations.sendAgain(to: account, in: transaction, at: now)
    case .correctEmail:
      guard !account.isConfirmed, let email = try? EmailAddress(typed: operand) else {
        return .outOfTurn
      }
      switch try confirmations.correct(account, to: email, in: transaction, at: now) {
      case .corrected: try record(.emailCorrectedByStaff)
      case .taken: return .emailTaken
      case .tooMany, .tooManyTaken: return .tooMany
      case .alreadyConfirmed, .wrongPassword, .overloaded: return .outOfTurn
      }
    case .changeUserName:
      guard let email = try? EmailAddress(typed: operand) else { return .outOfTurn }
      return try changeUserName(of: account, to: email, by: staff, in: transaction, at: now)
    default: return .outOfTurn
    }
    return .done
  }

  /// A mailbox in somebody else's hands: the old address is told nothing and can undo nothing, and
  /// the new one has to be confirmed like that of a new account.
  private func changeUserName(
    of account: Account, to email: EmailAddress, by staff: StaffAct,
    in transaction: any Transaction, at now: Date
  ) throws -> CaseAct.Outcome {
    let (_, isTaken) = try TakenAddresses(world: world).owner(
      of: email, for: account.customer, in: transaction, at: now)
    guard !isTaken, email != account.email,
      try transaction.accounts.changeUserName(of: account.id, to: email)
    else { return .emailTaken }
    try transaction.accounts.unconfirm(account.id)
    try transaction.sessions.endAll(of: account.id, at: now)
    try transaction.recoveries.kill(of: account.id, at: now)
    try transaction.handOvers.add(
      .userName, of: account.id, from: account.email.address, to: email.address, at: now)
    try transaction.record(
      AuditEvent(
        kind: .userNameChanged, detail: staff.detail(), customer: account.customer,
        account: account.id), at: now)
    guard let changed = try transaction.accounts.account(of: account.customer) else { return .done }
    try Confirmations(world: world, passwords: passwords)
      .sendAgain(to: changed, in: transaction, at: now)
    try AddressChanges(world: world, passwords: passwords).tellPhone(
      of: changed, .userName, hexadecimal(world.randomBytes(8)), in: transaction, at: now)
    return .done
  }

  // MARK: Messages and requests

  private func move(
    _ act: CaseAct, _ operand: String, _ customer: CustomerNumber, by staff: StaffAct,
    in transaction: any Transaction, at now: Date
  ) throws -> CaseAct.Outcome {
    // Another customer's message is as unknown as none (attack 87).
    guard let id = Message.ID(operand),
      let entry = try transaction.messages.entry(id), entry.customer == customer.text
    else { return .outOfTurn }
    let callCentre = CallCentre(world: world, act: staff)
    let hasMoved =
      act == .retryMessage
      ? try callCentre.retry(id, in: transaction, at: now) == .queued
      : try callCentre.cancel(id, in: transaction, at: now) == .cancelled
    return hasMoved ? .done : .outOfTurn
  }

  private func answer(
    _ wish: Wish, _ customer: CustomerNumber, by staff: StaffAct, in transaction: any Transaction,
    at now: Date
  ) throws -> CaseAct.Outcome {
    guard let id = DataRights.Request.ID(wish.operand),
      try transaction.dataRequests.customer(of: id) == customer.text,
      // Who asked to be forgotten is not told that it is done before it is: erasing takes two
      // people, and answers the request itself (D 5).
      try wish.act != .finishRequest || transaction.dataRequests.kind(of: id) != .erasure,
      let account = try transaction.dataRequests.finish(id, at: now)
    else { return .outOfTurn }
    try transaction.record(
      AuditEvent(
        kind: wish.act == .finishRequest ? .dataRequestDone : .dataRequestDeclined,
        detail: staff.detail(), customer: customer, account: account), at: now)
    if wish.act == .declineRequest {
      try tellRefusal(of: id, of: account, wish, in: transaction, at: now)
    }
    return .done
  }

  /// An account that has ended has no address any more: then staff write by post.
  private func tellRefusal(
    of request: DataRights.Request.ID, of account: Account.ID, _ wish: Wish,
    in transaction: any Transaction, at now: Date
  ) throws {
    guard let words = wish.wordsForCustomer,
      let owner = try transaction.accounts.credentials(of: account)?.account,
      owner.standing.getsAnswers
    else { return }
    try transaction.enqueue(
      world.correspondence.dataRequestDeclined(
        owner, because: words, event: request.description, at: now), at: now)
  }
}

extension Confirmations {
  /// The code again, or a new one when too little of its life is left (D 2).
  func sendAgain(to account: Account, in transaction: any Transaction, at now: Date) throws {
    let held = try transaction.accounts.heldConfirmation(of: account.id)
    try send(again(held.challenge, at: now), to: account, in: transaction, at: now)
  }
}
