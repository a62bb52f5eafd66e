internal import Domain
internal import FoundationEssentials
internal import Outbox

/// Turns what the books hold into what an agent needs to know.
extension CaseMaterial {
  /// What is older than this explains no call of today.
  private static let recentSeconds = 3.0 * 24 * 60 * 60
  private static let daySeconds = 24.0 * 60 * 60
  /// A message that waits longer than this is waiting for a resting gateway.
  private static let secondsUntilDelayed = 10.0

  /// What the caller met, the most important first.
  func findings(at now: Date, _ limits: Limits) -> [CaseFinding] {
    var findings = standing() + attempt(at: now, limits) + login(at: now, limits)
    findings += requests.map { request in
      .dataRequest(
        request.kind,
        answerBy: request.askedAt.addingTimeInterval(Double(limits.dataRequestAnswerSeconds)))
    }
    if findings.isEmpty { findings = [account == nil ? .noAccount : .nothing] }
    // Nothing that the caller met, but what may explain it.
    if customersOfPhone > 1 { findings.append(.sharedPhone(customers: customersOfPhone)) }
    var unique: [CaseFinding] = []
    for finding in findings where !unique.contains(finding) { unique.append(finding) }
    return unique
  }

  // MARK: The account

  private func standing() -> [CaseFinding] {
    guard let account else { return [] }
    var findings: [CaseFinding] = []
    if let lock { findings.append(.accountLocked(lock.kind, since: lock.lockedAt)) }
    switch account.standing.owner {
    case .active, .missing: break
    case .blocked: findings.append(.ownerBlocked)
    case .deceased: findings.append(.ownerDeceased)
    case .closed: findings.append(.ownerClosed)
    case .gone: findings.append(.ownerGone)
    }
    return findings
  }

  private func login(at now: Date, _ limits: Limits) -> [CaseFinding] {
    guard let account else { return [] }
    var findings: [CaseFinding] = []
    findings += account.isConfirmed ? recovery(at: now) : confirmation()
    if let moved = recent(.renumbered, within: Self.recentSeconds * 30, at: now) {
      findings.append(.renumbered(at: moved.at))
    }
    if let changed = recent(.userNameChanged, within: Self.recentSeconds * 3, at: now) {
      findings.append(.userNameChanged(at: changed.at))
    }
    let sinceLogin = events.prefix { $0.kind != .loggedIn }
    let failures = sinceLogin.count { event in
      (event.kind == .loginFailed || event.kind == .loginCodeAsked)
        && now.timeIntervalSince(event.at) < Self.daySeconds
    }
    if failures > 0 { findings.append(.loginFailures(failures)) }
    return findings
  }

  private func confirmation() -> [CaseFinding] {
    guard let letter = messages.first(where: { $0.kind == .emailCode }) else {
      return [.addressUnconfirmed]
    }
    switch letter.state {
    case .queued, .leased: return [.letterUnderWay]
    case .failed, .undeliverable, .expired: return [.letterBounced]
    case .sent, .delivered: return [.letterSent(at: letter.sentAt ?? letter.createdAt)]
    case .cancelled: return [.addressUnconfirmed]
    }
  }

  /// The letter with the code for a new password: to an address that was never confirmed none goes.
  private func recovery(at now: Date) -> [CaseFinding] {
    guard let letter = messages.first(where: { $0.kind == .recoveryCode }),
      now.timeIntervalSince(letter.createdAt) < Self.daySeconds,
      !events.contains(where: { event in
        (event.kind == .passwordRecovered || event.kind == .loggedIn)
          && event.at >= letter.createdAt
      })
    else { return [] }
    switch letter.state {
    case .queued, .leased: return [.recoveryUnderWay]
    case .failed, .undeliverable, .expired: return [.recoveryBounced]
    case .sent, .delivered: return [.recoverySent(at: letter.sentAt ?? letter.createdAt)]
    case .cancelled: return []
    }
  }

  private func recent(
    _ kind: AuditEvent.Kind, within seconds: Double, at now: Date
  ) -> Event? {
    events.first { $0.kind == kind && now.timeIntervalSince($0.at) < seconds }
  }

  // MARK: The newest registration

  private func attempt(at now: Date, _ limits: Limits) -> [CaseFinding] {
    var findings: [CaseFinding] = []
    if let since = smsStep?.disabledAt { findings.append(.smsStepDisabled(since: since)) }
    guard let attempt = attempts.first,
      now.timeIntervalSince(attempt.startedAt) < Self.recentSeconds
    else { return findings + mismatches(of: nil, at: now) }
    switch attempt.step {
    case "phone":
      if smsStep?.isDisabled != true { findings += sms(of: attempt, at: now, limits) }
    case "email" where attempt.takenEmails > 0:
      findings += [.addressTaken(times: attempt.takenEmails), .phoneProven]
    case "email", "password": findings.append(.phoneProven)
    case "already_registered": findings.append(.alreadyRegistered)
    case "stopped":
      switch attempt.stop {
      case .takenEmails: findings.append(.takenEmails)
      case .registerChanged: findings.append(.registerChanged)
      case .smsStepDisabled, nil: break
      }
    default: break
    }
    return findings + (attempt.step == "finished" ? [] : mismatches(of: attempt, at: now))
  }

  /// Why an identification failed: of one attempt, or of the newest that names the customer.
  private func mismatches(of attempt: Attempt?, at now: Date) -> [CaseFinding] {
    let ofAttempt = events.filter { event in
      now.timeIntervalSince(event.at) < Self.recentSeconds
        && (attempt.map { event.registration == $0.id && $0.step == "identification" } ?? true)
    }
    for event in ofAttempt where !isOver(event, at: now) {
      switch event.kind {
      case .mismatch:
        guard let reason = Mismatch(rawValue: event.detail) else { return [.noRegister] }
        return [.mismatch(reason, lastDigits: lastDigits)]
      case .mismatchLimit:
        return [.mismatchLimit(until: MismatchCounts.end(of: event.detail, metAt: event.at))]
      case .claimInvalid: return [.claimInvalid]
      case .smsLimit: return [smsLimit(event, of: attempt, at: now)]
      default: continue
      }
    }
    return []
  }

  /// Whether it is a limit that has ended, or that staff have lifted since.
  private func isOver(_ refusal: Event, at now: Date) -> Bool {
    switch refusal.kind {
    case .mismatchLimit:
      MismatchCounts.end(of: refusal.detail, metAt: refusal.at) <= now
        || events.contains { $0.kind == .mismatchCountsLifted && $0.at >= refusal.at }
    case .smsLimit where refusal.detail == SMSCodes.Pause.suspended.rawValue:
      SMSCodes.suspensionEnd(metAt: refusal.at) <= now
    case .smsLimit:
      now.timeIntervalSince(refusal.at) >= Self.daySeconds
        || refusal.detail.isEmpty && refusal.at <= smsStep?.messagesFrom ?? .distantPast
    default: false
    }
  }

  /// Which limit of messages it was, and when it ends.
  private func smsLimit(_ refusal: Event, of attempt: Attempt?, at now: Date) -> CaseFinding {
    if refusal.detail == Registration.MessageLimit.ofRegistration, let attempt {
      return .smsRegistrationLimit(until: attempt.expiresAt)
    }
    if refusal.detail == SMSCodes.Pause.suspended.rawValue {
      return .smsSuspended(until: SMSCodes.suspensionEnd(metAt: refusal.at))
    }
    guard refusal.detail.isEmpty else { return .smsOtherLimit }
    let day = max(now.addingTimeInterval(-Self.daySeconds), smsStep?.messagesFrom ?? .distantPast)
    let first = messages.last { $0.kind == .smsCode && $0.createdAt > day }
    return .smsDayLimit(until: (first?.createdAt ?? now).addingTimeInterval(Self.daySeconds))
  }

  /// The two digits of the number on file that an agent may name: the caller's own page shows them.
  private var lastDigits: String? {
    customer?.smsNumber.map { String($0.e164.suffix(2)) }
  }

  private func sms(of attempt: Attempt, at now: Date, _ limits: Limits) -> [CaseFinding] {
    var findings: [CaseFinding] = []
    let own = events.filter { $0.registration == attempt.id }
    if let refused = own.first, refused.kind == .smsLimit, !isOver(refused, at: now) {
      findings.append(smsLimit(refused, of: attempt, at: now))
    }
    let wrong = own.prefix { $0.kind != .smsCodeAccepted }.count { $0.kind == .smsCodeWrong }
    if wrong > 0 { findings.append(.wrongCodes(wrong)) }
    if let message = messages.first(where: { $0.kind == .smsCode }) {
      findings.append(arrival(of: message, at: now))
    }
    return findings
  }

  private func arrival(of message: OutboxOperations.Entry, at now: Date) -> CaseFinding {
    switch message.state {
    case .queued, .leased:
      let isLate = now.timeIntervalSince(message.createdAt) >= Self.secondsUntilDelayed
      return message.problem != nil || isLate
        ? .smsDelayed(queuedAt: message.createdAt) : .smsUnderWay(queuedAt: message.createdAt)
    case .sent: return .smsUnderWay(queuedAt: message.createdAt)
    case .delivered: return .smsArrived
    case .undeliverable, .failed, .cancelled: return .smsRefused
    case .expired: return .smsTooLate
    }
  }
}
