internal import Domain
internal import Persistence

extension PolicyRow: StoredRow {
  static let table = RegisterTable.policy
  static let key = Column.policyNumber
  static let repeatedKey = RejectReason.repeatedPolicyNumber
  static let owner: Column? = .customerNumber

  var key: String { policyNumber.text }
  var owner: CustomerNumber? { customerNumber }

  static func insertion(of rows: ArraySlice<PolicyRow>, into generation: Int64) -> Query {
    let values = Query.list(rows) { row in
      """
      (\(generation), \(row.policyNumber.text), \(row.writtenNumber), \
      \(row.customerNumber.text), \(row.product), \(row.status), \(row.validFrom), \
      \(row.validTo))
      """
    }
    return """
      INSERT INTO register_policy
        (generation, policy_number, written_number, customer_number, product, status, valid_from,
         valid_to)
      VALUES \(values)
      ON CONFLICT (generation, policy_number) DO NOTHING
      RETURNING policy_number AS key
      """
  }

  static var copiedInsertion: Query {
    """
    INSERT INTO register_policy
      (generation, policy_number, written_number, customer_number, product, status, valid_from,
       valid_to)
    SELECT generation, policy_number, written_number, customer_number, product, status, valid_from,
           valid_to
    FROM incoming ORDER BY line
    ON CONFLICT (generation, policy_number) DO NOTHING
    RETURNING policy_number AS key
    """
  }

  static var incoming: Query {
    "CREATE TEMPORARY TABLE incoming (LIKE register_policy, line BIGINT NOT NULL) ON COMMIT DROP"
  }

  static let columns: [StaticString] = [
    "generation", "policy_number", "written_number", "customer_number", "product", "status",
    "valid_from", "valid_to",
  ]

  func values(in generation: Int64) -> [SQLValue] {
    [
      .integer(generation), .text(policyNumber.text), .text(writtenNumber),
      .text(customerNumber.text), .text(product), .text(status), .init(validFrom), .init(validTo),
    ]
  }

  static func appendices(of rows: [PolicyRow], into generation: Int64) -> [Query] {
    []
  }

  static func comparison(
    of keys: ArraySlice<String>, in generations: Generations
  ) -> Query {
    """
    SELECT
      (
        SELECT COUNT(*) FROM register_policy AS present
        WHERE present.generation = \(generations.present)
          AND present.policy_number = wanted.column1
      ) AS kept,
      (
        SELECT COUNT(*) FROM register_policy AS present
        JOIN register_policy AS fresh
          ON fresh.generation = \(generations.fresh)
          AND fresh.policy_number = wanted.column1
        WHERE present.generation = \(generations.present)
          AND present.policy_number = wanted.column1
          AND present.written_number = fresh.written_number
          AND present.customer_number = fresh.customer_number
          AND present.product = fresh.product
          AND present.status = fresh.status
          AND present.valid_from IS NOT DISTINCT FROM fresh.valid_from
          AND present.valid_to IS NOT DISTINCT FROM fresh.valid_to
      ) AS unchanged
    FROM \(Query.wanted(keys))
    """
  }
}
