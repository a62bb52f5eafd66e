internal import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// Reads what the books hold of a case.
struct CaseMaterialQueries: TransactionPart {
  let transaction: any Transaction

  private static let most = 200
  /// No family is larger: so many are a mistake, however many more there are.
  private static let mostOfPhone = 100

  func material(of subject: CaseSubject) throws -> CaseMaterial {
    var material = CaseMaterial()
    material.isRegisterEmpty = try !transaction.register.hasCustomers()
    if let customer = subject.customer { try read(customer, into: &material) }
    material.attempts = try attempts(of: subject)
    let ids = material.attempts.map(\.id)
    material.events = try events(of: subject.customer, registrations: ids)
    return material
  }

  private func read(_ customer: CustomerNumber, into material: inout CaseMaterial) throws {
    material.customer = try transaction.register.customer(customer)
    if let phone = material.customer?.smsNumber {
      material.customersOfPhone = try customers(texted: phone)
    }
    material.smsStep = try smsStep(of: customer)
    material.messages = try transaction.messages.entries(
      where: "customer_number = \(customer.text)", atMost: 30)
    guard let account = try transaction.accounts.account(of: customer) else { return }
    material.account = account
    material.accountCreatedAt = try transaction.accounts.createdAt(account.id)
    material.lock = try transaction.accountLocks.inForce(on: account.id)
    material.requests = try transaction.dataRequests.open(of: account.id)
  }

  /// How many customers have a default SMS number, along its index; no more are counted than would
  /// change what an agent says.
  private func customers(texted number: PhoneNumber) throws -> Int {
    try rows(
      """
      SELECT customer_number FROM register_customer
      WHERE generation = \(Query.registerInUse)
        AND sms_number = \(number.e164)
      LIMIT \(Self.mostOfPhone)
      """
    ).count
  }

  /// Only looked at: unlike ``RegistrationQueries/smsStep(of:)`` it makes and locks no row.
  private func smsStep(of customer: CustomerNumber) throws -> SMSStep? {
    try row(
      """
      SELECT failures_in_a_row, disabled_at, messages_from FROM sms_step
      WHERE customer_number = \(customer.text)
      """
    ).map { row in
      SMSStep(
        customer: customer, failuresInARow: try row.value("failures_in_a_row"),
        disabledAt: try row.optional("disabled_at"),
        messagesFrom: try row.optional("messages_from"))
    }
  }

  /// The registration that was asked for first, then the customer's newest: also one that was
  /// stopped before it knew the customer.
  ///
  /// A union and no «or»: PostgreSQL would read all registrations for one.
  func attempts(of subject: CaseSubject) throws -> [CaseMaterial.Attempt] {
    let named = subject.registration.map { id -> Query in
      "SELECT id FROM registration WHERE id = \(id)"
    }
    let own = subject.customer.map { customer -> Query in
      """
      SELECT id FROM registration WHERE customer_number = \(customer.text)
      UNION
      SELECT registration_id FROM (
        SELECT registration_id FROM audit_event
        WHERE customer_number = \(customer.text)
          AND kind IN ('mismatch', 'sms_limit', 'sms_step_refused')
          AND registration_id IS NOT NULL
        ORDER BY id DESC
        LIMIT 10
      ) AS recent
      """
    }
    let ids = [named, own].compactMap(\.self)
    guard !ids.isEmpty else { return [] }
    let first = subject.registration ?? Registration.ID(rawValue: 0)
    return try rows(
      """
      SELECT id, case_number, step, stop, taken_emails, started_at, expires_at FROM registration
      WHERE id IN (\(Query.joined(ids, separator: " UNION ")))
      ORDER BY CASE id WHEN \(first) THEN 0 ELSE 1 END, id DESC
      LIMIT 10
      """
    ).map { row in
      CaseMaterial.Attempt(
        id: try row.value("id"), caseNumber: try row.value("case_number"),
        step: try row.value("step"), stop: try row.optional("stop"),
        takenEmails: try row.value("taken_emails"),
        startedAt: try row.value("started_at"), expiresAt: try row.value("expires_at"))
    }
  }

  private func events(
    of customer: CustomerNumber?, registrations: [Registration.ID]
  ) throws -> [CaseMaterial.Event] {
    var events: [CaseMaterial.Event] = []
    var seen: Set<Identity<AuditEvent>> = []
    func add(_ rows: [ResultRow]) throws {
      for row in rows where try seen.insert(row.value("id")).inserted {
        guard let event = try CaseMaterial.Event(row: row) else { continue }
        events.append(event)
      }
    }
    if let customer {
      try add(
        rows(
          """
          SELECT id, at, kind, detail, registration_id FROM audit_event
          WHERE customer_number = \(customer.text)
          ORDER BY id DESC
          LIMIT \(Self.most)
          """))
    }
    for id in registrations {
      try add(
        rows(
          """
          SELECT id, at, kind, detail, registration_id FROM audit_event
          WHERE registration_id = \(id)
          ORDER BY id DESC
          LIMIT \(Self.most)
          """))
      events += try rows(
        """
        SELECT last_at AS at, kind, detail, registration_id FROM anonymous_event
        WHERE registration_id = \(id)
        ORDER BY last_at DESC
        LIMIT \(Self.most)
        """
      ).compactMap(CaseMaterial.Event.init(row:))
    }
    return Array(events.sorted { $0.at > $1.at }.prefix(Self.most))
  }
}

extension CaseMaterial.Event {
  /// - Returns: `nil` for what only another program knows
  init?(row: ResultRow) throws {
    guard let kind = AuditEvent.Kind(rawValue: try row.value("kind")) else { return nil }
    self.init(
      at: try row.value("at"), kind: kind, detail: try row.optional("detail") ?? "",
      registration: try row.optional("registration_id"))
  }
}
