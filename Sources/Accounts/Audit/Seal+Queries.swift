internal import Domain
internal import FoundationEssentials
internal import Persistence

/// The end of a chain of seals, or any point in it.
struct Seal {
  let lastID: Int64
  let rowCount: Int
  let hash: [UInt8]

  /// Where every chain begins.
  static let origin = Seal(lastID: 0, rowCount: 0, hash: [UInt8](repeating: 0, count: 32))
}

/// A row that is in a chain, or will be.
struct SealedRow {
  let id: Int64
  let at: Date
  /// All its columns, with the pseudonym for the customer number; `nil` when there is no pseudonym.
  let bytes: [UInt8]?
}

extension Transaction {
  var seals: SealQueries { SealQueries(transaction: self) }
}

/// The chains of seals, and the rows in them.
struct SealQueries: TransactionPart {
  let transaction: any Transaction

  /// Lets only one seal or erase at a time: both look at rows and at their customers' pseudonyms.
  func hold() throws {
    try perform("INSERT INTO job (name, started_at) VALUES ('seal', 0) ON CONFLICT DO NOTHING")
    _ = try row("SELECT name FROM job WHERE name = 'seal' \(Query.Differing.rowLock)")
  }

  func newest(of stream: AuditSeals.Stream) throws -> Seal {
    try row(
      """
      SELECT last_id, row_count, hash FROM audit_seal
      WHERE stream = \(stream.rawValue)
      ORDER BY last_id DESC
      LIMIT 1
      """
    ).map(Seal.init(row:)) ?? .origin
  }

  func all(of stream: AuditSeals.Stream, after id: Int64, atMost count: Int) throws -> [Seal] {
    try rows(
      """
      SELECT last_id, row_count, hash FROM audit_seal
      WHERE stream = \(stream.rawValue) AND last_id > \(id)
      ORDER BY last_id
      LIMIT \(count)
      """
    ).map(Seal.init(row:))
  }

  func insert(_ seal: Seal, of stream: AuditSeals.Stream, at now: Date) throws {
    try perform(
      """
      INSERT INTO audit_seal (stream, last_id, row_count, hash, sealed_at)
      VALUES (\(stream.rawValue), \(seal.lastID), \(seal.rowCount), \(seal.hash), \(now))
      """)
  }

  /// The rows of a stream in the order of their numbers.
  ///
  /// - Parameter last: the last number wanted; without it, to the end
  func rows(
    of stream: AuditSeals.Stream, after id: Int64, upTo last: Int64? = nil, atMost count: Int
  ) throws -> [SealedRow] {
    let end = last ?? Int64.max
    return switch stream {
    case .declaration:
      try rows(
        """
        SELECT id, account_id, registration_id, kind, version, is_accepted, channel, declared_at
        FROM declaration
        WHERE id > \(id) AND id <= \(end)
        ORDER BY id
        LIMIT \(count)
        """
      ).map(SealedRow.init(declaration:))
    case .audit:
      try rows(
        """
        SELECT audit_event.id, audit_event.at, audit_event.kind, audit_event.detail,
               audit_event.customer_number, audit_event.registration_id, audit_event.account_id,
               pseudonym_salt.salt, erasure.pseudonym
        FROM audit_event
        LEFT JOIN pseudonym_salt
          ON pseudonym_salt.customer_number = audit_event.customer_number
        LEFT JOIN erasure ON erasure.pseudonym = audit_event.customer_number
        WHERE audit_event.id > \(id) AND audit_event.id <= \(end)
        ORDER BY audit_event.id
        LIMIT \(count)
        """
      ).map(SealedRow.init(audit:))
    }
  }

  /// How many rows of a stream come after the last sealed one.
  func unsealed(of stream: AuditSeals.Stream, after id: Int64) throws -> Int {
    let row =
      switch stream {
      case .declaration: try row("SELECT COUNT(*) AS count FROM declaration WHERE id > \(id)")
      case .audit: try row("SELECT COUNT(*) AS count FROM audit_event WHERE id > \(id)")
      }
    return try row?.value("count") ?? 0
  }

  /// Whether the first row after one that is not dated in the future is old enough.
  func isSettled(
    behind id: Int64, of stream: AuditSeals.Stream, before cutoff: Date, horizon: Date
  ) throws -> Bool {
    let row =
      switch stream {
      case .declaration:
        try row(
          """
          SELECT declared_at AS at FROM declaration
          WHERE id > \(id) AND declared_at <= \(horizon) ORDER BY id LIMIT 1
          """)
      case .audit:
        try row(
          """
          SELECT at FROM audit_event WHERE id > \(id) AND at <= \(horizon) ORDER BY id LIMIT 1
          """)
      }
    guard let row else { return false }
    return try row.value("at", as: Date.self) <= cutoff
  }

  /// Rows that should have been sealed long ago.
  struct Overdue {
    /// So many rows are neither young nor sealed, or are dated in the future.
    var rows = 0
    /// When the oldest of them was written, by its own account.
    var oldest: Date?
  }

  /// How long sealing may be behind, in seconds: some rounds that failed, or a restart.
  static let patience = 600.0

  func overdue(of stream: AuditSeals.Stream, at now: Date, limits: Limits) throws -> Overdue {
    let last = try newest(of: stream).lastID
    let age = Double(limits.sealAfterSeconds)
    let (old, future) = (
      now.addingTimeInterval(-age - SealQueries.patience), now.addingTimeInterval(age)
    )
    let row =
      switch stream {
      case .declaration:
        try row(
          """
          SELECT COUNT(*) AS count, MIN(declared_at) AS oldest FROM declaration
          WHERE id > \(last) AND (declared_at < \(old) OR declared_at > \(future))
          """)
      case .audit:
        try row(
          """
          SELECT COUNT(*) AS count, MIN(at) AS oldest FROM audit_event
          WHERE id > \(last) AND (at < \(old) OR at > \(future))
          """)
      }
    return Overdue(
      rows: try row?.value("count") ?? 0, oldest: try row?.optional("oldest", as: Date.self))
  }

  /// Customers in the next rows who have no pseudonym yet.
  func customersWithoutSalt(after id: Int64, upTo last: Int64) throws -> [String] {
    try rows(
      """
      SELECT DISTINCT customer_number FROM audit_event
      WHERE id > \(id) AND id <= \(last) AND customer_number NOT LIKE '~%'
        AND NOT EXISTS (
          SELECT salt FROM pseudonym_salt
          WHERE pseudonym_salt.customer_number = audit_event.customer_number
        )
      ORDER BY customer_number
      """
    ).map { try $0.value("customer_number") }
  }

  func insert(salt: [UInt8], of customer: String) throws {
    try perform(
      """
      INSERT INTO pseudonym_salt (customer_number, salt) VALUES (\(customer), \(salt))
      ON CONFLICT DO NOTHING
      """)
  }

  func salt(of customer: String) throws -> [UInt8]? {
    try row("SELECT salt FROM pseudonym_salt WHERE customer_number = \(customer)")?.value("salt")
  }

  /// Declared texts or their files, to check that they are unaltered.
  func declaredBodies(
    after key: (version: String, kind: String), atMost count: Int
  ) throws -> [(version: String, kind: String, body: String)] {
    try rows(
      """
      SELECT version, kind, body FROM declared_text
      WHERE (version, kind) > (\(key.version), \(key.kind))
      ORDER BY version, kind
      LIMIT \(count)
      """
    ).map { (try $0.value("version"), try $0.value("kind"), try $0.value("body")) }
  }

  func declaredFiles(
    after version: String, atMost count: Int
  ) throws -> [(version: String, file: Contracts.File)] {
    try rows(
      """
      SELECT version, body, hash FROM declared_file
      WHERE version > \(version)
      ORDER BY version
      LIMIT \(count)
      """
    ).map { row in
      (
        try row.value("version"),
        Contracts.File(bytes: try row.value("body"), hash: try row.value("hash"))
      )
    }
  }
}

extension Seal {
  fileprivate init(row: ResultRow) throws {
    self.init(
      lastID: try row.value("last_id"), rowCount: try row.value("row_count"),
      hash: try row.value("hash"))
  }
}

extension SealedRow {
  fileprivate init(declaration row: ResultRow) throws {
    var bytes = CanonicalBytes()
    id = try row.value("id")
    at = try row.value("declared_at")
    bytes.append(id)
    for column in ["account_id", "registration_id", "is_accepted", "declared_at"] {
      bytes.append(try row.optional(column, as: Int64.self))
    }
    for column in ["kind", "version", "channel"] {
      bytes.append(try row.optional(column, as: String.self))
    }
    self.bytes = bytes.all
  }

  fileprivate init(audit row: ResultRow) throws {
    var bytes = CanonicalBytes()
    id = try row.value("id")
    at = try row.value("at")
    bytes.append(id)
    for column in ["at", "registration_id", "account_id"] {
      bytes.append(try row.optional(column, as: Int64.self))
    }
    for column in ["kind", "detail"] {
      bytes.append(try row.optional(column, as: String.self))
    }
    guard let number = try row.optional("customer_number", as: String.self) else {
      bytes.append(String?.none)
      self.bytes = bytes.all
      return
    }
    let pseudonym =
      if Pseudonym.isOne(number) {
        try row.optional("pseudonym", as: String.self)
      } else {
        try row.optional("salt", as: [UInt8].self).map { Pseudonym.of(number, salt: $0) }
      }
    guard let pseudonym else {
      self.bytes = nil
      return
    }
    bytes.append(pseudonym)
    self.bytes = bytes.all
  }
}
