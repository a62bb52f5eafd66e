package import Cryptography
package import Domain
package import FoundationEssentials
package import Persistence

/// What the staff responsible for customers' data do: show, copy, forget.
package struct Records: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date
  private let randomBytes: RandomBytes
  private let act: StaffAct

  package init(
    store: any Store, now: @escaping @Sendable () -> Date, randomBytes: RandomBytes, act: StaffAct
  ) {
    self.store = store
    self.now = now
    self.randomBytes = randomBytes
    self.act = act
  }

  // MARK: Look

  /// The account as staff may see it: masked.
  ///
  /// - Returns: one fact a line; `nil` when there is neither an account nor a count of wrong codes
  package func summary(of customer: CustomerNumber) async throws -> String? {
    let now = now()
    return try await store.write { transaction in
      let lines = try transaction.records.summary(of: customer)
      guard !lines.isEmpty else { return nil }
      try transaction.recordBeforeShowing(
        AuditEvent(
          kind: .accountShown, detail: act.detail(), customer: customer,
          account: try transaction.accounts.account(of: customer)?.id),
        at: now)
      return lines.joined(separator: "\n") + "\n"
    }
  }

  /// Everything kept about one person, for that person to read.
  ///
  /// - Returns: JSON; `nil` when nothing here names the customer
  package func export(of customer: CustomerNumber) async throws -> String? {
    let now = now()
    return try await store.write { transaction in
      guard try transaction.records.knows(customer) else { return nil }
      let export = try transaction.records.export(of: customer, at: now)
      try transaction.recordBeforeShowing(
        AuditEvent(
          kind: .dataExported, detail: act.detail(), customer: customer,
          account: try transaction.accounts.account(of: customer)?.id),
        at: now)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(export), as: UTF8.self) + "\n"
    }
  }

  // MARK: Requests

  /// Customers' requests that are still open, the oldest first.
  package func openRequests() async throws -> [DataRights.OpenRequest] {
    try await store.read { try $0.dataRequests.open(atMost: 10_000) }
  }

  package enum RequestOutcome: Hashable, Sendable {
    case done
    /// There is no such open request.
    case notOpen
    /// Who asked to be forgotten is not told that it is done before it is: erasing this customer
    /// answers the request itself (D 5).
    case asksForErasure(customer: String)
  }

  /// Marks a request as carried out, unless it asks for what only ``erase(_:by:)`` does.
  package func finishRequest(_ id: DataRights.Request.ID) async throws -> RequestOutcome {
    let now = now()
    return try await store.write { transaction in
      if try transaction.dataRequests.kind(of: id) == .erasure,
        let customer = try transaction.dataRequests.customer(of: id)
      {
        return .asksForErasure(customer: customer)
      }
      guard let account = try transaction.dataRequests.finish(id, at: now) else { return .notOpen }
      try transaction.record(
        AuditEvent(kind: .dataRequestDone, detail: act.detail(), account: account), at: now)
      return .done
    }
  }

  // MARK: Forget

  /// That somebody was forgotten, when and by whom: enough to do it again after a restore.
  package struct Tombstone: Codable, Hashable, Sendable {
    package let pseudonym: String
    package let erasedAt: Date
    package let erasedBy: String

    package init(pseudonym: String, erasedAt: Date, erasedBy: String) {
      self.pseudonym = pseudonym
      self.erasedAt = erasedAt
      self.erasedBy = erasedBy
    }
  }

  package enum ErasureOutcome: Hashable, Sendable {
    /// The rest is kept under this pseudonym.
    case erased(pseudonym: String)
    /// Nothing here names the customer, perhaps because of an earlier erasure.
    case nothingKept
  }

  /// Forgets a customer: the account ends, and what must be kept is kept under a pseudonym.
  package func erase(
    _ customer: CustomerNumber, by staff: String
  ) async throws -> ErasureOutcome {
    let now = now()
    let newSalt = randomBytes(Pseudonym.saltLength)
    return try await store.write { [act] in
      try Self.erase(customer, by: staff, act, newSalt: newSalt, in: $0, at: now)
    }
  }

  /// - Parameters:
  ///   - staff: whom the tombstone names
  ///   - newSalt: for a pseudonym, if the customer has none yet
  static func erase(
    _ customer: CustomerNumber, by staff: String, _ act: StaffAct, newSalt: [UInt8],
    in transaction: any Transaction, at now: Date
  ) throws -> ErasureOutcome {
    try transaction.seals.hold()
    guard try transaction.records.knows(customer) else { return .nothingKept }
    let accounts = try transaction.records.accounts(everOf: customer)
    // What happened under an earlier number is the same person's.
    let earlier = try transaction.records.earlierNumbers(of: accounts)
    let salt = try transaction.seals.salt(of: customer.text) ?? newSalt
    let pseudonym = Pseudonym.of(customer.text, salt: salt)
    try transaction.records.insertTombstone(pseudonym, by: staff, at: now)
    try transaction.records.forget(customer, as: pseudonym, accounts: accounts, at: now)
    for number in earlier {
      let salt = try transaction.seals.salt(of: number.text) ?? newSalt
      let pseudonym = Pseudonym.of(number.text, salt: salt)
      try transaction.records.insertTombstone(pseudonym, by: staff, at: now)
      try transaction.records.forget(number, as: pseudonym, accounts: [], at: now)
    }
    for account in accounts {
      try transaction.record(
        AuditEvent(kind: .dataErased, detail: act.detail(), account: account), at: now)
    }
    return .erased(pseudonym: pseudonym)
  }

  /// All erasures, the oldest first; a copy kept outside the database outlives a restore.
  package func tombstones() async throws -> [Tombstone] {
    try await store.read { try $0.records.tombstones() }
  }

  /// Forgets again the customers whom a restored backup has brought back.
  ///
  /// - Parameter others: tombstones that were kept elsewhere and are newer than the backup
  /// - Returns: how many customers were forgotten again
  package func replay(_ others: [Tombstone] = []) async throws -> Int {
    var stones: [String: Tombstone] = [:]
    for stone in try await tombstones() + others { stones[stone.pseudonym] = stone }
    var (count, last) = (0, "")
    while true {
      let from = last
      let salts = try await store.read { try $0.records.salts(after: from, atMost: 500) }
      for (number, salt) in salts {
        guard let stone = stones[Pseudonym.of(number, salt: salt)],
          let customer = try? CustomerNumber(number),
          case .erased = try await erase(customer, by: stone.erasedBy)
        else { continue }
        count += 1
      }
      guard let newest = salts.last?.0 else { return count }
      last = newest
    }
  }
}
