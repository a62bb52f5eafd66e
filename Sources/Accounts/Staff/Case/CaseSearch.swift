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
      let matches = Set(try finds(of: term, in: transaction).map(\.match.rawValue)).sorted()
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
    let found = try await world.store.read { transaction in
      try hits(of: session.search, session, in: transaction)
    }
    guard !found.isEmpty else { return [] }
    let now = world.now()
    try await world.store.write { transaction in
      try transaction.recordList(.hits, in: session, at: now)
    }
    return found
  }

  // MARK: Kinds of search

  func hits(
    of term: String, _ session: StaffSession, in transaction: any Transaction
  ) throws -> [Hit] {
    let found = try finds(of: term, in: transaction)
    let unread = found.filter { $0.customer == nil }.compactMap(\.subject.customer)
    let read = try transaction.register.customers(unread)
    return found.map { find in
      let number = find.subject.customer
      let customer = find.customer ?? read.first(where: { $0.number == number })
      return Hit(
        match: find.match, maskedName: customer?.name.maskedName ?? "",
        maskedNumber: number?.masked ?? "", status: customer?.status,
        reference: reference(to: find.subject, session), subject: find.subject)
    }
  }

  /// Somebody who was found.
  struct Find: Sendable {
    let subject: CaseSubject
    let match: Match
    /// What the register says, where the search has read it on its way.
    var customer: RegisteredCustomer?
  }

  /// Each of them once, by the first that they match.
  private func finds(of term: String, in transaction: any Transaction) throws -> [Find] {
    guard !term.isEmpty else { return [] }
    var finds: [Find] = []
    for find in try byNumber(term, transaction) + byContact(term, transaction)
    where !finds.contains(where: { $0.subject == find.subject }) && finds.count < Self.most {
      finds.append(find)
    }
    return finds
  }

  func byNumber(_ term: String, _ transaction: any Transaction) throws -> [Find] {
    let search = CaseSearchQueries(transaction: transaction)
    let customers = CustomerSearchQueries(transaction: transaction)
    var finds: [Find] = []
    if let number = CaseNumber(term) {
      if let (registration, customer) = try search.registration(number) {
        let subject = CaseSubject(customer: customer, registration: registration)
        finds.append(Find(subject: subject, match: .caseNumber))
      } else if let customer = try customers.customer(ofCase: number) {
        finds.append(Find(subject: CaseSubject(customer: customer), match: .caseNumber))
      }
    }
    if let number = try? CustomerNumber(term) {
      let customer = try transaction.register.customer(number)
      let present = try customers.customer(renumberedFrom: number)
      // Of a number that has moved only its trail is left: whoever had it is meant.
      if try customer != nil || (present == nil && customers.isKnown(number)) {
        let subject = CaseSubject(customer: number)
        finds.append(Find(subject: subject, match: .customerNumber, customer: customer))
      }
      if let present {
        finds.append(Find(subject: CaseSubject(customer: present), match: .oldNumber))
      }
    }
    if let old = try? OldCustomerNumber(term) {
      finds += try transaction.register.owners(ofOld: old).map {
        Find(subject: CaseSubject(customer: $0), match: .oldNumber)
      }
    }
    if let policy = try? PolicyNumber(term),
      let owner = try transaction.register.lookUp(.policy(policy)).customer
    {
      finds.append(Find(owner, by: .policy))
    }
    return finds
  }

  private func byContact(_ term: String, _ transaction: any Transaction) throws -> [Find] {
    let search = CaseSearchQueries(transaction: transaction)
    if let email = try? EmailAddress(typed: term) {
      var finds: [Find] = []
      if let account = try transaction.accounts.account(named: email) {
        finds.append(Find(subject: CaseSubject(customer: account.customer), match: .userName))
      }
      finds += try search.customers(writtenTo: email, atMost: Self.most).map {
        Find($0, by: .email)
      }
      return finds
    }
    if let phone = try? PhoneNumber(term) {
      return try search.customers(texted: phone, atMost: Self.most).map { Find($0, by: .phone) }
    }
    guard let name = NameKey(term) else { return [] }
    return try search.customers(named: name, atMost: Self.most).map { Find($0, by: .name) }
  }

  private func reference(to subject: CaseSubject, _ session: StaffSession) -> String {
    let words = "hit/\(subject.customer?.text ?? "")/\(subject.registration?.description ?? "")"
    return hexadecimal(
      world.keys.sign(session.hash + Array(words.utf8), for: .staff).prefix(16))
  }
}

extension CaseSearch.Find {
  /// Somebody whom the register has.
  fileprivate init(_ customer: RegisteredCustomer, by match: CaseSearch.Match) {
    self.init(
      subject: CaseSubject(customer: customer.number), match: match, customer: customer)
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
