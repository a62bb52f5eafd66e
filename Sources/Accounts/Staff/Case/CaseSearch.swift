internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import InternationalDomains
internal import Persistence

/// One box for whatever a caller says: case, policy, customer or old number, phone, e-mail, name.
package struct CaseSearch: Sendable {
  let world: World

  package init(world: World) {
    self.world = world
  }

  /// The most hits that are shown: who gets so many has to ask the caller for more.
  package static let most = 20

  /// Why somebody was found.
  package enum Match: String, CaseIterable, Sendable {
    case caseNumber = "case"
    case customerNumber = "customer"
    case oldNumber = "old number"
    case policy
    case phone
    case userName = "user name"
    case email
    case name
  }

  /// Somebody who was found, masked.
  package struct Hit: Sendable {
    package let match: Match
    /// Empty for a registration of nobody known.
    package let maskedName: String
    package let maskedNumber: String
    package let status: CustomerStatus?
    /// Names the hit to whoever opens it, and tells nothing.
    package let reference: String
    let subject: CaseSubject
  }

  /// Remembers what is looked for; the page that follows shows what was found.
  ///
  /// - Returns: seconds to wait when there were too many searches
  package func look(for term: String, in session: StaffSession) async throws -> Int? {
    let now = world.now()
    let term = String(term.prefix(200))
    return try await world.store.write { transaction in
      let count = EventCount(
        name: "staff_search", key: sha256(Array("\(session.member.id)".utf8)), windowSeconds: 3600)
      guard try transaction.counts.increase(count, at: now) <= world.limits.staff.searchesPerHour
      else {
        try world.limitReached(
          AuditEvent(kind: .staffSearched, detail: session.act.detail("search limit")),
          from: count.key, in: transaction, at: now)
        return count.secondsLeft(at: now)
      }
      try transaction.staff.remember(search: term, in: session.hash)
      let matches = Set(try hits(of: term, session, in: transaction).map(\.match.rawValue)).sorted()
      // What was typed is personal; by what it was found is enough.
      let found = matches.isEmpty ? "nothing" : matches.joined(separator: ", ")
      try transaction.record(
        AuditEvent(kind: .staffSearched, detail: session.act.detail(found)), at: now)
      return nil
    }
  }

  /// Looks for the customer whose open request it is.
  ///
  /// - Returns: seconds to wait when there were too many searches
  package func look(
    for request: DataRights.Request.ID, in session: StaffSession
  ) async throws -> Int? {
    let customer = try await world.store.read { try $0.dataRequests.customer(of: request) }
    return try await look(for: customer ?? "", in: session)
  }

  /// What the session's last search finds.
  package func hits(in session: StaffSession) async throws -> [Hit] {
    guard !session.search.isEmpty else { return [] }
    let now = world.now()
    return try await world.store.write { transaction in
      let hits = try hits(of: session.search, session, in: transaction)
      if !hits.isEmpty { try transaction.recordList(.hits, in: session, at: now) }
      return hits
    }
  }

  // MARK: Kinds of search

  func hits(
    of term: String, _ session: StaffSession, in transaction: any Transaction
  ) throws -> [Hit] {
    guard !term.isEmpty else { return [] }
    var found: [(CaseSubject, Match)] = []
    for (subject, match) in try byNumber(term, transaction) + byContact(term, transaction)
    where !found.contains(where: { $0.0 == subject }) && found.count < Self.most {
      found.append((subject, match))
    }
    return try found.map { subject, match in
      let person = try subject.customer.flatMap { try transaction.register.customer($0) }
      return Hit(
        match: match, maskedName: person?.name.maskedName ?? "",
        maskedNumber: subject.customer?.masked ?? "", status: person?.status,
        reference: reference(to: subject, session), subject: subject)
    }
  }

  func byNumber(
    _ term: String, _ transaction: any Transaction
  ) throws -> [(CaseSubject, Match)] {
    let search = CaseSearchQueries(transaction: transaction)
    let customers = CustomerSearchQueries(transaction: transaction)
    var found: [(CaseSubject, Match)] = []
    if let number = CaseNumber(term) {
      if let (registration, customer) = try search.registration(number) {
        found.append((CaseSubject(customer: customer, registration: registration), .caseNumber))
      } else if let customer = try customers.customer(ofCase: number) {
        found.append((CaseSubject(customer: customer), .caseNumber))
      }
    }
    if let number = try? CustomerNumber(term) {
      let isRegistered = try transaction.register.customer(number) != nil
      let present = try customers.customer(renumberedFrom: number)
      // Of a number that has moved only its trail is left: whoever had it is meant.
      if try isRegistered || (present == nil && customers.isKnown(number)) {
        found.append((CaseSubject(customer: number), .customerNumber))
      }
      if let present {
        found.append((CaseSubject(customer: present), .oldNumber))
      }
    }
    if let old = try? OldCustomerNumber(term) {
      found += try transaction.register.owners(ofOld: old).map {
        (CaseSubject(customer: $0), .oldNumber)
      }
    }
    if let policy = try? PolicyNumber(term),
      let owner = try transaction.register.lookUp(.policy(policy)).customer
    {
      found.append((CaseSubject(customer: owner.number), .policy))
    }
    return found
  }

  private func byContact(
    _ term: String, _ transaction: any Transaction
  ) throws -> [(CaseSubject, Match)] {
    let search = CaseSearchQueries(transaction: transaction)
    if let email = try? EmailAddress(typed: term) {
      let named =
        try transaction.accounts.account(named: email)
        .map { [(CaseSubject(customer: $0.customer), Match.userName)] } ?? []
      return named
        + (try search.customers(writtenTo: email, atMost: Self.most).map {
          (CaseSubject(customer: $0.number), .email)
        })
    }
    if let phone = try? PhoneNumber(term) {
      return try search.customers(texted: phone, atMost: Self.most).map {
        (CaseSubject(customer: $0.number), .phone)
      }
    }
    guard let name = NameKey(term) else { return [] }
    return try search.customers(named: name, atMost: Self.most).map {
      (CaseSubject(customer: $0.number), .name)
    }
  }

  private func reference(to subject: CaseSubject, _ session: StaffSession) -> String {
    let words = "hit/\(subject.customer?.text ?? "")/\(subject.registration?.description ?? "")"
    return hexadecimal(
      world.keys.sign(session.hash + Array(words.utf8), for: .staff).prefix(16))
  }
}

/// What a case is about: a customer, or a registration whose customer nobody knows.
struct CaseSubject: Hashable, Sendable {
  var customer: CustomerNumber?
  /// The one whose case number the caller read out.
  var registration: Registration.ID?
}

extension String {
  /// «Ko•••• An••»: enough to see whether it can be the caller, too little to tell one.
  var maskedName: String {
    split(separator: " ").map { word in
      word.count < 3 ? "••" : word.prefix(2) + "•••"
    }.joined(separator: " ")
  }
}
