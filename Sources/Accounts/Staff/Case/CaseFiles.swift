internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// Opens cases: a reason first, then the row in the audit trail, then the data (D 14).
package struct CaseFiles: Sendable {
  let world: World

  package init(world: World) {
    self.world = world
  }

  /// Why staff open a case; the words besides say more.
  package enum Reason: String, CaseIterable, Sendable {
    case call
    case letter
    case dataRequest = "data_request"
    case complaint
    case suspicion
    case review
  }

  package enum OpeningOutcome: Hashable, Sendable {
    case opened(CaseOpening.ID)
    /// Nobody is found any more under what was looked for.
    case notFound
    /// The words are no reason: empty, too long, or with control characters.
    case reasonMissing
    case tooMany(retryAfterSeconds: Int)
  }

  /// «Megnyitom».
  ///
  /// - Parameter reference: of a hit of the session's own last search
  package func open(
    _ reference: String, because reason: Reason, words: String, in session: StaffSession
  ) async throws -> OpeningOutcome {
    let now = world.now()
    guard let act = session.act(because: "\(reason.rawValue): \(words)"), !words.isEmpty else {
      return .reasonMissing
    }
    let search = CaseSearch(world: world)
    return try await world.store.write { transaction in
      let hits = try search.hits(of: session.search, session, in: transaction)
      guard let hit = hits.first(where: { $0.reference == reference }) else { return .notFound }
      let count = EventCount(
        name: "staff_opening", key: sha256(Array("\(session.member.id)".utf8)),
        windowSeconds: 3600)
      let opened = try transaction.counts.increase(count, at: now)
      guard opened <= world.limits.staff.openingsPerHour else {
        try world.limitReached(
          AuditEvent(kind: .caseOpened, detail: session.act.detail("opening limit")),
          from: count.key, in: transaction, at: now)
        return .tooMany(retryAfterSeconds: count.secondsLeft(at: now))
      }
      try transaction.recordBeforeShowing(
        AuditEvent(
          kind: .caseOpened, detail: act.detail(hit.match.rawValue),
          customer: hit.subject.customer, registration: hit.subject.registration),
        at: now)
      let reason = act.reason ?? ""
      return .opened(
        try transaction.caseOpenings.open(hit.subject, by: session, because: reason, at: now))
    }
  }

  /// A case that the session has open.
  package struct Opened: Sendable {
    package let file: CaseFile
    package let reason: String
    package let proof: CallerProof
  }

  /// The case, once its row in the audit trail is written: each look is one row (attack 89).
  ///
  /// - Returns: `nil` when the session has not opened it (attack 87)
  package func show(_ number: CaseOpening.ID, in session: StaffSession) async throws -> Opened? {
    let now = world.now()
    return try await world.store.write { transaction in
      guard
        let opening = try transaction.caseOpenings.opening(number, of: session, locking: false)
      else { return nil }
      let act = session.act(because: opening.reason) ?? session.act
      let shown = opening.shown.map(\.rawValue).sorted().joined(separator: " ")
      try transaction.recordBeforeShowing(
        AuditEvent(
          kind: .caseShown, detail: act.detail(shown.isEmpty ? nil : "in full \(shown)"),
          customer: opening.subject.customer, registration: opening.subject.registration),
        at: now)
      let material = try CaseMaterialQueries(transaction: transaction)
        .material(of: opening.subject)
      let canText = material.customer?.numberForMessages(world.limits) != nil
      return Opened(
        file: try file(of: opening.subject, material, opening.shown, transaction, at: now),
        reason: opening.reason,
        proof: CallerProof(opening, canText: canText, at: now, world.limits.staff))
    }
  }

  /// «Megmutatom»: one value in full is an act of its own.
  ///
  /// - Returns: whether the session has the case open
  package func reveal(
    _ value: CaseValue, of number: CaseOpening.ID, in session: StaffSession
  ) async throws -> Bool {
    let now = world.now()
    return try await world.store.write { transaction in
      guard let opening = try transaction.caseOpenings.opening(number, of: session) else {
        return false
      }
      let act = session.act(because: opening.reason) ?? session.act
      try transaction.recordBeforeShowing(
        AuditEvent(
          kind: .valueShown, detail: act.detail(value.rawValue),
          customer: opening.subject.customer, registration: opening.subject.registration),
        at: now)
      try transaction.caseOpenings.show(opening.shown.union([value]), in: opening.id)
      return true
    }
  }

  /// How far the proof of the caller has come in a case that the session has open.
  ///
  /// It shows nothing of the case: whether the register has a number for the code is told with the
  /// case, behind its row in the audit trail.
  ///
  /// - Returns: `nil` when the session has not opened it (attack 87)
  package func proof(
    in number: CaseOpening.ID, of session: StaffSession
  ) async throws -> CallerProof? {
    let now = world.now()
    return try await world.store.read { transaction in
      try transaction.caseOpenings.opening(number, of: session, locking: false).map {
        CallerProof($0, canText: $0.subject.customer != nil, at: now, world.limits.staff)
      }
    }
  }

  /// Everything kept about the customer, as JSON for that customer to read.
  ///
  /// - Returns: `nil` when the session has no customer's case open, or nothing names the customer
  package func copyOfData(
    _ number: CaseOpening.ID, in session: StaffSession
  ) async throws -> String? {
    let opening = try await world.store.read {
      try $0.caseOpenings.opening(number, of: session, locking: false)
    }
    guard let opening, let customer = opening.subject.customer else { return nil }
    return try await Records(
      store: world.store, now: world.now, randomBytes: world.randomBytes,
      act: session.act(because: opening.reason) ?? session.act
    ).export(of: customer)
  }

  /// The same for a command, whose one row says who asked: by the number of a case, a customer or a
  /// policy, found as on the site.
  ///
  /// - Returns: `nil` when nothing is known under the number, or several customers had it once
  package func file(
    numbered number: String, by act: StaffAct
  ) async throws -> CaseFile? {
    let now = world.now()
    let search = CaseSearch(world: world)
    return try await world.store.write { transaction in
      let found = try search.byNumber(number, transaction)
      guard let first = found.first, first.match != .oldNumber || found.count == 1 else {
        return nil
      }
      return try show(first.subject, by: act, in: transaction, at: now)
    }
  }

  /// - Returns: `nil` when nothing here or in the register names the customer
  package func file(
    of customer: CustomerNumber, by act: StaffAct
  ) async throws -> CaseFile? {
    let now = world.now()
    return try await world.store.write { transaction in
      guard
        try transaction.register.customer(customer) != nil
          || CustomerSearchQueries(transaction: transaction).isKnown(customer)
      else { return nil }
      return try show(CaseSubject(customer: customer), by: act, in: transaction, at: now)
    }
  }

  private func show(
    _ subject: CaseSubject, by act: StaffAct, in transaction: any Transaction, at now: Date
  ) throws -> CaseFile {
    try transaction.recordBeforeShowing(
      AuditEvent(
        kind: .caseShown, detail: act.detail(), customer: subject.customer,
        registration: subject.registration), at: now)
    let material = try CaseMaterialQueries(transaction: transaction).material(of: subject)
    return try file(of: subject, material, [], transaction, at: now)
  }

  private func file(
    of subject: CaseSubject, _ material: CaseMaterial, _ shown: Set<CaseValue>,
    _ transaction: any Transaction, at now: Date
  ) throws -> CaseFile {
    let account: CaseFile.AccountState =
      if let found = material.account {
        if let confirmed = found.emailConfirmedAt {
          .confirmed(since: confirmed)
        } else {
          .unconfirmed(since: material.accountCreatedAt ?? now)
        }
      } else { .none }
    return CaseFile(
      caseNumber: material.attempts.first?.caseNumber,
      values: material.values(of: subject, shown: shown), status: material.customer?.status,
      isInRegister: material.customer != nil, account: account,
      policies: try subject.customer.map { try transaction.register.policies(of: $0).count } ?? 0,
      findings: material.findings(at: now, world.limits), timeline: material.timeline,
      messages: material.messages.map(CaseFile.SentMessage.init),
      requests: material.requests.map { request in
        let due = request.askedAt.addingTimeInterval(Double(world.limits.dataRequestAnswerSeconds))
        return StaffOverview.Request(
          id: request.id, kind: request.kind, maskedCustomer: subject.customer?.masked ?? "",
          askedAt: request.askedAt, answerBy: due, isOverdue: due < now)
      }, isLocked: material.lock != nil,
      registerAsOf: try transaction.register.importedAt())
  }
}

extension CaseMaterial {
  fileprivate func values(of subject: CaseSubject, shown: Set<CaseValue>) -> [CaseFile.Value] {
    CaseValue.allCases.compactMap { kind in
      let whole: String?
      let masked: String?
      switch kind {
      case .name: (whole, masked) = (customer?.name, customer?.name.maskedName)
      case .customerNumber:
        (whole, masked) = (subject.customer?.text, subject.customer?.masked)
      case .phone: (whole, masked) = (customer?.smsNumber?.e164, customer?.smsNumber?.masked)
      case .emailOnFile: (whole, masked) = (customer?.email?.address, customer?.email?.masked)
      case .userName: (whole, masked) = (account?.email.address, account?.email.masked)
      }
      guard let whole, let masked else { return nil }
      let isShown = shown.contains(kind)
      return CaseFile.Value(kind: kind, text: isShown ? whole : masked, isShown: isShown)
    }
  }

  fileprivate var timeline: [CaseFile.Event] {
    events.map { event in
      CaseFile.Event(
        at: event.at, what: event.kind.sentence, detail: event.kind.shownDetail(event.detail),
        isOfStaff: event.detail.hasPrefix(StaffAct.mark))
    }
  }
}

extension CaseFile.SentMessage {
  init(_ entry: OutboxOperations.Entry) {
    let recipient =
      switch entry.channel {
      case .sms: (try? PhoneNumber(entry.recipient))?.masked
      case .email: (try? EmailAddress(entry.recipient))?.masked
      }
    let isOver =
      switch entry.state {
      case .undeliverable, .expired, .failed, .cancelled: true
      case .queued, .leased, .sent, .delivered: false
      }
    self.init(
      id: entry.id, at: entry.createdAt, kind: entry.kind, channel: entry.channel,
      maskedRecipient: recipient ?? "", state: entry.state, hasProblem: entry.problem != nil,
      canRetry: (isOver || entry.state == .queued) && entry.hasText,
      canCancel: entry.state == .queued)
  }
}
