internal import Domain
internal import Persistence

extension CustomerRow: StoredRow {
  static let table = RegisterTable.customer
  static let key = Column.number
  static let repeatedKey = RejectReason.repeatedCustomerNumber
  static let owner: Column? = nil

  var key: String { number.text }
  var owner: CustomerNumber? { nil }

  static func insertion(of rows: ArraySlice<CustomerRow>, into generation: Int64) -> Query {
    let values = Query.list(rows) { row in
      """
      (\(generation), \(row.number.text), \(row.name), \(row.smsNumber?.e164), \
      \(row.email?.address), \(row.status.rawValue))
      """
    }
    return """
      INSERT INTO register_customer
        (generation, customer_number, name, sms_number, email, status)
      VALUES \(values)
      ON CONFLICT (generation, customer_number) DO NOTHING
      RETURNING customer_number AS key
      """
  }

  static var copiedInsertion: Query {
    """
    INSERT INTO register_customer
      (generation, customer_number, name, sms_number, email, status)
    SELECT generation, customer_number, name, sms_number, email, status
    FROM incoming ORDER BY line
    ON CONFLICT (generation, customer_number) DO NOTHING
    RETURNING customer_number AS key
    """
  }

  static var incoming: Query {
    """
    CREATE TEMPORARY TABLE incoming (LIKE register_customer, line BIGINT NOT NULL) ON COMMIT DROP
    """
  }

  static let columns: [StaticString] = [
    "generation", "customer_number", "name", "sms_number", "email", "status",
  ]

  func values(in generation: Int64) -> [SQLValue] {
    [
      .integer(generation), .text(number.text), .text(name), .init(smsNumber?.e164),
      .init(email?.address), .text(status.rawValue),
    ]
  }

  static func appendices(of rows: [CustomerRow], into generation: Int64) -> [Query] {
    let numbers = rows.flatMap { row in row.oldNumbers.map { (old: $0, new: row.number) } }
    return numbers.pieces.map { numbers in
      let values = Query.list(numbers) { "(\(generation), \($0.old.text), \($0.new.text))" }
      return """
        INSERT INTO register_old_number (generation, old_number, customer_number)
        VALUES \(values)
        """
    }
  }

  static func comparison(
    of keys: ArraySlice<String>, in generations: Generations
  ) -> Query {
    """
    SELECT
      (
        SELECT COUNT(*) FROM register_customer AS present
        WHERE present.generation = \(generations.present)
          AND present.customer_number = wanted.column1
      ) AS kept,
      (
        SELECT COUNT(*) FROM register_customer AS present
        JOIN register_customer AS fresh
          ON fresh.generation = \(generations.fresh)
          AND fresh.customer_number = wanted.column1
        WHERE present.generation = \(generations.present)
          AND present.customer_number = wanted.column1
          AND present.name = fresh.name
          AND present.sms_number IS NOT DISTINCT FROM fresh.sms_number
          AND present.email IS NOT DISTINCT FROM fresh.email
          AND present.status = fresh.status
          AND NOT EXISTS (
            SELECT number.old_number FROM register_old_number AS number
            WHERE number.generation IN (\(generations.present), \(generations.fresh))
              AND number.customer_number = wanted.column1
            GROUP BY number.old_number
            HAVING COUNT(*) = 1
          )
      ) AS unchanged
    FROM \(Query.wanted(keys))
    """
  }
}
