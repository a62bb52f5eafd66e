internal import Persistence

/// What a delivery of changes needs to know of the register in use.
extension ImportQueries {
  /// The rows that the register has from a file, and how many of them have a mobile number.
  func standing(of generation: Int64, from file: RegisterFile) throws -> FileReport.Standing {
    let row =
      switch file {
      case .customers:
        try row(
          """
          SELECT COUNT(*) AS rows, COUNT(sms_number) AS phones FROM register_customer
          WHERE generation = \(generation)
          """)
      case .policies:
        try row(
          """
          SELECT COUNT(*) AS rows, 0 AS phones FROM register_policy
          WHERE generation = \(generation)
          """)
      }
    guard let row else { return .init(rows: 0, phones: 0) }
    return .init(rows: try row.value("rows"), phones: try row.value("phones"))
  }

  /// Those of some customers that the register has.
  func present(_ customers: [String], in generation: Int64) throws -> Set<String> {
    var present: Set<String> = []
    for piece in customers.pieces {
      let rows = try rows(
        """
        SELECT customer_number FROM register_customer
        WHERE generation = \(generation)
          AND customer_number IN (\(Query.list(piece) { "\($0)" }))
        """)
      for row in rows { present.insert(try row.value("customer_number")) }
    }
    return present
  }

  /// The policies of some customers.
  func policies(of customers: [String], in generation: Int64) throws -> [String] {
    try customers.pieces.flatMap { piece in
      try rows(
        """
        SELECT policy_number FROM register_policy
        WHERE generation = \(generation)
          AND customer_number IN (\(Query.list(piece) { "\($0)" }))
        ORDER BY policy_number
        """
      ).map { try $0.value("policy_number", as: String.self) }
    }
  }

  /// The SHA-256 of the files of a delivery that was applied.
  func hashes(ofDelivery delivery: Int64) throws -> (customers: String, policies: String)? {
    try row(
      """
      SELECT customers_hash, policies_hash FROM register_import
      WHERE delivery = \(delivery) AND is_replaced = 1
      ORDER BY number DESC
      LIMIT 1
      """
    ).map { (try $0.value("customers_hash"), try $0.value("policies_hash")) }
  }

  // MARK: Contested numbers

  /// Those of some numbers that are contested.
  func contested<Row: StoredRow>(
    among numbers: [String], _ type: Row.Type, in generation: Int64
  ) throws -> Set<String> {
    var contested: Set<String> = []
    for piece in numbers.pieces {
      let rows = try rows(
        """
        SELECT number FROM register_contested
        WHERE generation = \(generation) AND kind = \(Row.table.kind)
          AND number IN (\(Query.list(piece) { "\($0)" }))
        """)
      for row in rows { contested.insert(try row.value("number")) }
    }
    return contested
  }

  /// Marks numbers as those of nobody in particular.
  func contest(_ comparison: RegisterReplacement.Comparison, in generation: Int64) throws {
    try contest(comparison.customers.contested, CustomerRow.self, in: generation)
    try contest(comparison.policies.contested, PolicyRow.self, in: generation)
  }

  private func contest<Row: StoredRow>(
    _ numbers: SortedNumbers, _ type: Row.Type, in generation: Int64
  ) throws {
    try numbers.inPieces { piece in
      try transaction.load(
        piece.map { [.integer(generation), .text($0), .text(Row.table.kind)] },
        into: RegisterTable.contested.tableName, columns: ["generation", "number", "kind"])
    }
  }

  /// Before a whole register tells anew which numbers are contested.
  func settleAll(in generation: Int64) throws {
    try perform("DELETE FROM register_contested WHERE generation = \(generation)")
  }

  /// Before a delivery tells anew which of its numbers are contested.
  func settle<Row: StoredRow>(
    _ numbers: SortedNumbers, _ type: Row.Type, in generation: Int64
  ) throws {
    try numbers.inPieces { numbers in
      for piece in numbers.pieces {
        try perform(
          """
          DELETE FROM register_contested
          WHERE generation = \(generation) AND kind = \(Row.table.kind)
            AND number IN (\(Query.list(piece) { "\($0)" }))
          """)
      }
    }
  }
}

extension RegisterTable {
  /// Whose number a contested one is.
  fileprivate var kind: String {
    self == .policy ? "policy" : "customer"
  }
}
