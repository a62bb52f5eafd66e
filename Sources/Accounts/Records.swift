package import Cryptography
package import Domain
package import FoundationEssentials
package import Persistence

/// The desk of the staff that answers for the customers' data: show, copy, forget.
package struct Records: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date
  private let randomBytes: RandomBytes

  package init(
    store: any Store, now: @escaping @Sendable () -> Date, randomBytes: RandomBytes
  ) {
    self.store = store
    self.now = now
    self.randomBytes = randomBytes
  }

  // MARK: Look

  /// The account as staff may see it: masked.
  ///
  /// - Returns: one fact a line; `nil` when the customer never had an account
  package func summary(of customer: CustomerNumber) async throws -> String? {
    try await store.read { transaction in
      let lines = try transaction.summary(of: customer)
      return lines.isEmpty ? nil : lines.joined(separator: "\n") + "\n"
    }
  }

  /// Everything of one person, to be read by that person.
  ///
  /// - Returns: JSON; `nil` when nothing here names the customer
  package func export(of customer: CustomerNumber) async throws -> String? {
    let now = now()
    return try await store.write { transaction in
      guard try transaction.knows(customer) else { return nil }
      let export = try transaction.export(of: customer, at: now)
      try transaction.record(
        AuditEvent(
          kind: .dataExported, customer: customer,
          account: try transaction.account(of: customer)?.id),
        at: now)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(export), as: UTF8.self) + "\n"
    }
  }

  // MARK: Requests

  /// The requests of customers that are still open, the oldest first.
  package func openRequests() async throws -> [DataRights.OpenRequest] {
    try await store.read { try $0.openDataRequests(atMost: 10_000) }
  }

  /// Marks a request as carried out.
  ///
  /// - Returns: whether it was open
  package func finishRequest(_ id: Int64) async throws -> Bool {
    let now = now()
    return try await store.write { transaction in
      guard let account = try transaction.finishDataRequest(id, at: now) else { return false }
      try transaction.record(AuditEvent(kind: .dataRequestDone, account: account), at: now)
      return true
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
    /// With the pseudonym under which the rest is kept.
    case erased(pseudonym: String)
    /// Nothing here names the customer, perhaps because it was done before.
    case nothingKept
  }

  /// Forgets a customer: the account ends, and what must be kept is kept under a pseudonym.
  package func erase(
    _ customer: CustomerNumber, by staff: String
  ) async throws -> ErasureOutcome {
    let now = now()
    let newSalt = randomBytes(Pseudonym.saltLength)
    return try await store.write { transaction in
      try transaction.holdChains()
      guard try transaction.knows(customer) else { return .nothingKept }
      let accounts = try transaction.accounts(everOf: customer)
      let salt = try transaction.salt(of: customer.text) ?? newSalt
      let pseudonym = Pseudonym.of(customer.text, salt: salt)
      try transaction.insertTombstone(pseudonym, by: staff, at: now)
      try transaction.forget(customer, as: pseudonym, accounts: accounts, at: now)
      for account in accounts {
        try transaction.record(AuditEvent(kind: .dataErased, account: account), at: now)
      }
      return .erased(pseudonym: pseudonym)
    }
  }

  /// All erasures, the oldest first; kept outside the database, they outlive a restore of it.
  package func tombstones() async throws -> [Tombstone] {
    try await store.read { try $0.tombstones() }
  }

  /// Forgets once more whom a restored backup has brought back.
  ///
  /// - Parameter others: tombstones that were kept elsewhere and are newer than the backup
  /// - Returns: how many customers were forgotten again
  package func replay(_ others: [Tombstone] = []) async throws -> Int {
    var stones: [String: Tombstone] = [:]
    for stone in try await tombstones() + others { stones[stone.pseudonym] = stone }
    var (count, last) = (0, "")
    while true {
      let from = last
      let salts = try await store.read { try $0.salts(after: from, atMost: 500) }
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
