internal import Domain
internal import Persistence

extension CustomerRow: StoredRow {
  static let table = RegisterTable.customer
  static let columns: [StaticString] = [
    "customer_number", "name", "sms_number", "email", "status",
  ]
  static let nameKey: (of: Column, column: StaticString)? = (.name, "name_key")
  static let key = Column.number
  static let repeatedKey = RejectReason.repeatedCustomerNumber
  static let contentColumns: [Column] = [.name, .smsNumber, .email, .status, .oldNumbers]
  static let optionalColumns: [Column] = [.smsNumber, .email, .oldNumbers]

  static let textColumns: [Column] = [.name]

  static let phoneColumn: Column? = .smsNumber

  static let ownerColumn: Column? = nil

  var key: String { number.text }
  var owner: CustomerNumber? { nil }

  var content: [String] {
    [
      name, smsNumber?.e164 ?? "", email?.address ?? "", status.rawValue,
      oldNumbers.map(\.text).sorted().joined(separator: " "),
    ]
  }

  static var selection: Query {
    """
    SELECT customer_number AS key,
           name || '\u{1F}' || COALESCE(sms_number, '') || '\u{1F}' || COALESCE(email, '')
             || '\u{1F}' || status || '\u{1F}' AS content
    FROM register_customer
    """
  }

  static var appendices: (selection: Query, key: Query, value: Query)? {
    (
      "SELECT customer_number AS key, old_number AS value FROM register_old_number",
      "customer_number", "old_number"
    )
  }

  static func conflicts(_ one: [UInt8], _ other: [UInt8]) -> Bool { one != other }
}
