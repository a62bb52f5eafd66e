package import Domain
internal import InternationalDomains

/// A customer, according to a line of `customers.csv`.
package struct CustomerRow: RegisterRow, Masked {
  package static let file = RegisterFile.customers
  package static let closedColumns: Set<Column> = [.number, .status]

  package let number: CustomerNumber
  package let oldNumbers: [OldCustomerNumber]
  package let name: String
  /// The default SMS number; without one the customer cannot register without help.
  package let smsNumber: PhoneNumber?
  package let email: EmailAddress?
  package let status: CustomerStatus

  package var masked: String { "customer \(number.masked)" }

  package enum Column: String, CaseIterable, Sendable {
    case number = "customer_number"
    case oldNumbers = "old_customer_number"
    case name
    case smsNumber = "sms_number"
    case email
    case status
  }
}

extension CustomerRow {
  package init(
    _ cells: RegisterCells<Column>, warnings: inout [CellFault]
  ) throws(CellFault) {
    number = try Self.number(of: cells)
    oldNumbers = try cells.value(
      .oldNumbers, Self.oldNumbers, orReject: RejectReason.oldCustomerNumber)
    name = try cells.text(.name)
    smsNumber = cells.dispensableValue(
      .smsNumber, PhoneNumber.init, orWarn: RejectReason.phoneNumber, &warnings)
    email = cells.dispensableValue(
      .email, EmailAddress.init(typed:), orWarn: RejectReason.email, &warnings)

    guard let status = CustomerStatus(rawValue: cells[.status]) else {
      throw CellFault(Column.status.rawValue, .unknownStatus)
    }
    self.status = status
  }

  package static func key(of cells: RegisterCells<Column>) throws(CellFault) -> String {
    try number(of: cells).text
  }

  private static func number(
    of cells: RegisterCells<Column>
  ) throws(CellFault) -> CustomerNumber {
    try cells.value(
      .number, CustomerNumber.init,
      orReject: { RejectReason.customerNumber($0, in: cells[.number]) })
  }

  package var cells: [String] {
    [
      number.text, oldNumbers.map(\.text).joined(separator: " "), name, smsNumber?.e164 ?? "",
      email?.address ?? "", status.rawValue,
    ]
  }

  /// The numbers in a cell, separated by spaces, each once.
  private static func oldNumbers(
    _ text: String
  ) throws(OldCustomerNumber.Invalid) -> [OldCustomerNumber] {
    if text.isEmpty { return [] }
    var numbers: [OldCustomerNumber] = []
    for word in text.utf8.split(separator: 0x20) {
      let number = try OldCustomerNumber(String(decoding: word, as: UTF8.self))
      if !numbers.contains(number) { numbers.append(number) }
    }
    return numbers
  }
}

extension RejectReason {
  static func customerNumber(
    _ invalid: CustomerNumber.Invalid, in cell: String
  ) -> RejectReason {
    let isDigits = cell.utf8.allSatisfy { (0x30...0x39).contains($0) }
    if case .length(let count) = invalid, count < CustomerNumber.length, isDigits {
      return .lostZeros(count)
    }
    return .customerNumber(invalid)
  }
}
