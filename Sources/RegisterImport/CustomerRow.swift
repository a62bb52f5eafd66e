package import Domain
internal import InternationalDomains

/// A customer, as a line of `customers.csv` tells.
package struct CustomerRow: RegisterRow, Masked {
  package static let file = RegisterFile.customers

  package let number: CustomerNumber
  package let oldNumbers: [OldCustomerNumber]
  package let name: String
  /// The default SMS number; without one the customer cannot register alone.
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
  package init(_ cells: RegisterCells<Column>) throws(CellFault) {
    number = try cells.value(
      .number, CustomerNumber.init, orReject: RejectReason.customerNumber)
    oldNumbers = try cells.value(
      .oldNumbers, Self.oldNumbers, orReject: RejectReason.oldCustomerNumber)
    name = try cells.text(.name)
    smsNumber = try cells.optionalValue(
      .smsNumber, PhoneNumber.init, orReject: RejectReason.phoneNumber)
    email = try cells.optionalValue(.email, EmailAddress.init(typed:), orReject: RejectReason.email)

    guard let status = CustomerStatus(rawValue: cells[.status]) else {
      throw CellFault(Column.status.rawValue, .unknownStatus)
    }
    self.status = status
  }

  /// The numbers in a cell, separated by spaces, each once.
  private static func oldNumbers(
    _ text: String
  ) throws(OldCustomerNumber.Invalid) -> [OldCustomerNumber] {
    var numbers: [OldCustomerNumber] = []
    for word in text.utf8.split(separator: 0x20) {
      let number = try OldCustomerNumber(String(decoding: word, as: UTF8.self))
      if !numbers.contains(number) { numbers.append(number) }
    }
    return numbers
  }
}
