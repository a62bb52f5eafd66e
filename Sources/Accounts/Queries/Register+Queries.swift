package import Domain
internal import FoundationEssentials
package import Persistence

/// What the register says about a claimed number.
struct RegisterAnswer {
  let customer: RegisteredCustomer?
  let isOldNumber: Bool
}

extension Transaction {
  /// Looks a claimed number up.
  ///
  /// One statement, whatever it finds, so that time tells nothing (J3).
  func lookUp(_ number: Claim.Number) throws -> RegisterAnswer {
    let owner: Query =
      switch number {
      case .customer(let number): "\(number.text)"
      case .policy(let number):
        """
        (SELECT customer_number FROM register_policy AS policy
         WHERE policy.generation = state.generation AND policy.policy_number = \(number.text))
        """
      }
    let row = try row(
      """
      SELECT customer.customer_number, customer.name, customer.sms_number, customer.email,
             customer.status,
             (SELECT COUNT(*) FROM register_old_number AS old
              WHERE old.generation = state.generation AND old.old_number = \(number.text))
               AS old_numbers
      FROM register_state AS state
      LEFT JOIN register_customer AS customer
        ON customer.generation = state.generation AND customer.customer_number = \(owner)
      """)
    guard let row else { return RegisterAnswer(customer: nil, isOldNumber: false) }
    let isFound = try row.optional("customer_number", as: String.self) != nil
    return RegisterAnswer(
      customer: isFound ? try RegisteredCustomer(row: row) : nil,
      isOldNumber: try row.value("old_numbers", as: Int.self) > 0)
  }

  func customer(_ number: CustomerNumber) throws -> RegisteredCustomer? {
    try row(
      """
      SELECT customer_number, name, sms_number, email, status FROM register_customer
      WHERE generation = (SELECT generation FROM register_state)
        AND customer_number = \(number.text)
      """
    ).map(RegisteredCustomer.init(row:))
  }

  /// A customer's policies, those in force first.
  func policies(of customer: CustomerNumber) throws -> [Policy] {
    try rows(
      """
      SELECT written_number, product, status, valid_from, valid_to FROM register_policy
      WHERE generation = (SELECT generation FROM register_state)
        AND customer_number = \(customer.text)
      ORDER BY CASE status WHEN 'active' THEN 0 ELSE 1 END, valid_from DESC, policy_number
      LIMIT 200
      """
    ).map { row in
      Policy(
        number: try row.value("written_number"), product: try row.value("product"),
        status: try row.value("status"), validFrom: try row.optional("valid_from"),
        validTo: try row.optional("valid_to"))
    }
  }

  /// When the register was last replaced.
  func registerImportedAt() throws -> Date? {
    try row("SELECT imported_at FROM register_state")?.optional("imported_at")
  }
}

extension RegisteredCustomer {
  init(row: ResultRow) throws {
    self.init(
      number: try row.value("customer_number"),
      name: try row.value("name"),
      // The import has checked both; what this version does not accept any more counts as missing.
      smsNumber: try row.optional("sms_number", as: String.self)
        .flatMap { try? PhoneNumber($0) },
      email: try row.optional("email", as: String.self).flatMap { try? EmailAddress($0) },
      status: try row.value("status"))
  }
}

extension CustomerNumber: SQLDecodable {
  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue, let number = try? CustomerNumber(text) else {
      return nil
    }
    self = number
  }
}

extension CustomerStatus: SQLDecodable {
  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self.init(rawValue: text)
  }
}

extension EmailAddress: SQLDecodable {
  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue, let address = try? EmailAddress(text) else {
      return nil
    }
    self = address
  }
}
