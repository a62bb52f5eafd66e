internal import Domain
internal import Persistence

extension PolicyRow: StoredRow {
  static let table = RegisterTable.policy
  static let columns: [StaticString] = [
    "policy_number", "written_number", "customer_number", "product", "status", "valid_from",
    "valid_to",
  ]
  static let nameKey: (of: Column, column: StaticString)? = nil
  static let key = Column.policyNumber
  static let repeatedKey = RejectReason.repeatedPolicyNumber
  static let contentColumns: [Column] = [
    .policyNumber, .customerNumber, .product, .status, .validFrom, .validTo,
  ]
  static let optionalColumns: [Column] = [.validFrom, .validTo]

  static let textColumns: [Column] = [.product, .status]

  static let phoneColumn: Column? = nil

  static let ownerColumn: Column? = .customerNumber

  var key: String { policyNumber.text }
  var owner: CustomerNumber? { customerNumber }

  var content: [String] {
    [writtenNumber, customerNumber.text, product, status, validFrom ?? "", validTo ?? ""]
  }

  static var selection: Query {
    """
    SELECT policy_number AS key,
           written_number || '\u{1F}' || customer_number || '\u{1F}' || product || '\u{1F}'
             || status || '\u{1F}' || COALESCE(valid_from, '') || '\u{1F}'
             || COALESCE(valid_to, '') AS content
    FROM register_policy
    """
  }

  static var appendices: (selection: Query, key: Query, value: Query)? { nil }

  /// Of one customer, it is the same policy that stands there twice.
  static func conflicts(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard let owner = place(of: .customerNumber) else { return true }
    let owners = [one, other].map { content in
      RowContent.values(content).dropFirst(owner).first
    }
    return owners[0] != owners[1]
  }
}
