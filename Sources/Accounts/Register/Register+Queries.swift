package import Domain
internal import FoundationEssentials
package import Persistence

extension Transaction {
  var register: RegisterQueries { RegisterQueries(transaction: self) }
}

extension Query {
  /// The generation of the register in use, as a value of its own.
  ///
  /// Never joined: PostgreSQL, which takes a table of one row for one of a thousand, then reads all
  /// customers.
  static let registerInUse: Query = "(SELECT generation FROM register_state)"
}

/// The register at present.
struct RegisterQueries: TransactionPart {
  let transaction: any Transaction

  /// Looks up a claimed number.
  ///
  /// Always one statement, so that the time taken reveals nothing (J3).
  func lookUp(_ number: Claim.Number) throws -> RegisterAnswer {
    let owner: Query =
      switch number {
      case .customer(let number): "\(number.text)"
      case .policy(let number):
        """
        (SELECT customer_number FROM register_policy AS policy
         WHERE policy.generation = \(Query.registerInUse) AND policy.policy_number = \(number.text))
        """
      }
    let kind =
      switch number {
      case .customer: "customer"
      case .policy: "policy"
      }
    let row = try row(
      """
      SELECT customer.customer_number, customer.name, customer.sms_number, customer.email,
             customer.status,
             (SELECT COUNT(*) FROM register_old_number AS old
              WHERE old.generation = \(Query.registerInUse) AND old.old_number = \(number.text))
               AS old_owners,
             (SELECT MIN(old.customer_number) FROM register_old_number AS old
              WHERE old.generation = \(Query.registerInUse) AND old.old_number = \(number.text))
               AS old_owner,
             (SELECT COUNT(*) FROM register_contested AS contested
              WHERE contested.generation = \(Query.registerInUse)
                AND contested.number = \(number.text) AND contested.kind = \(kind))
               AS contested
      FROM register_state AS state
      LEFT JOIN register_customer AS customer
        ON customer.generation = \(Query.registerInUse) AND customer.customer_number = \(owner)
      """)
    guard let row else { return RegisterAnswer() }
    let isFound = try row.optional("customer_number", as: String.self) != nil
    let oldOwners = try row.value("old_owners", as: Int.self)
    return RegisterAnswer(
      customer: isFound ? try RegisteredCustomer(row: row) : nil, oldOwners: oldOwners,
      oldOwner: oldOwners == 1 ? try row.optional("old_owner") : nil,
      isContested: try row.value("contested", as: Int.self) > 0)
  }

  func customer(_ number: CustomerNumber) throws -> RegisteredCustomer? {
    try row(
      """
      SELECT customer_number, name, sms_number, email, status FROM register_customer
      WHERE generation = \(Query.registerInUse)
        AND customer_number = \(number.text)
      """
    ).map(RegisteredCustomer.init(row:))
  }

  /// Those of some customers whom the register has, in no order.
  func customers(_ numbers: [CustomerNumber]) throws -> [RegisteredCustomer] {
    guard !numbers.isEmpty else { return [] }
    let list = Query.joined(numbers.map { number -> Query in "\(number.text)" }, separator: ", ")
    return try rows(
      """
      SELECT customer_number, name, sms_number, email, status FROM register_customer
      WHERE generation = \(Query.registerInUse)
        AND customer_number IN (\(list))
      """
    ).map(RegisteredCustomer.init(row:))
  }

  /// Who had a number before the customers were renumbered.
  func owners(ofOld number: OldCustomerNumber) throws -> [CustomerNumber] {
    try rows(
      """
      SELECT customer_number FROM register_old_number
      WHERE generation = \(Query.registerInUse)
        AND old_number = \(number.text)
      ORDER BY customer_number
      LIMIT 20
      """
    ).map { try $0.value("customer_number") }
  }

  /// Those in force first, and as many as a page can show.
  static let shownPolicies: Query = """
    ORDER BY CASE policy.status WHEN 'active' THEN 0 ELSE 1 END, policy.valid_from DESC,
             policy.policy_number
    LIMIT 200
    """

  /// A customer's policies, those in force first.
  func policies(of customer: CustomerNumber) throws -> [Policy] {
    try rows(
      """
      SELECT policy.written_number, policy.product, policy.status, policy.valid_from,
             policy.valid_to
      FROM register_policy AS policy
      WHERE policy.generation = \(Query.registerInUse)
        AND policy.customer_number = \(customer.text)
      \(Self.shownPolicies)
      """
    ).map(Policy.init(row:))
  }

  /// Whether there is anybody in the register.
  func hasCustomers() throws -> Bool {
    let row = try row(
      """
      SELECT 1 AS one FROM register_customer
      WHERE generation = \(Query.registerInUse)
      LIMIT 1
      """)
    return row != nil
  }

  /// When the register was last replaced.
  func importedAt() throws -> Date? {
    try row("SELECT imported_at FROM register_state")?.optional("imported_at")
  }
}

extension RegisteredCustomer {
  init(row: ResultRow) throws {
    self.init(
      number: try row.value("customer_number"),
      name: try row.value("name"),
      // The import has checked both; a value that this version no longer accepts counts as missing.
      smsNumber: try row.optional("sms_number", as: String.self)
        .flatMap { try? PhoneNumber($0) },
      email: try row.optional("email", as: String.self).flatMap { try? EmailAddress($0) },
      status: try row.value("status"))
  }
}

extension Policy {
  init(row: ResultRow) throws {
    self.init(
      number: try row.value("written_number"), product: try row.value("product"),
      status: try row.value("status"), validFrom: try row.optional("valid_from"),
      validTo: try row.optional("valid_to"))
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
