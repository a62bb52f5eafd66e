package import Domain

/// A policy, according to a line of `policies.csv`.
package struct PolicyRow: RegisterRow, Masked {
  package static let file = RegisterFile.policies
  package static let closedColumns: Set<Column> = [.customerNumber, .validFrom, .validTo]

  package let policyNumber: PolicyNumber
  /// The number as written in the file, which is how the customer has it on paper.
  package let writtenNumber: String
  package let customerNumber: CustomerNumber
  package let product: String
  package let status: String
  /// The first day of cover, such as `2026-01-31`.
  package let validFrom: String?
  /// The last day of cover, never before the first.
  package let validTo: String?

  package var masked: String { "policy \(policyNumber.masked)" }

  package enum Column: String, CaseIterable, Sendable {
    case policyNumber = "policy_number"
    case customerNumber = "customer_number"
    case product
    case status
    case validFrom = "valid_from"
    case validTo = "valid_to"
  }
}

extension PolicyRow {
  package init(
    _ cells: RegisterCells<Column>, warnings: inout [CellFault]
  ) throws(CellFault) {
    policyNumber = try Self.policyNumber(of: cells)
    writtenNumber = try cells.text(.policyNumber)
    customerNumber = try cells.value(
      .customerNumber, CustomerNumber.init,
      orReject: { RejectReason.customerNumber($0, in: cells[.customerNumber]) })
    product = try cells.text(.product)
    status = try cells.text(.status)

    let first = try cells.optionalValue(.validFrom, CalendarDay.init) { _ in .date }
    let last = try cells.optionalValue(.validTo, CalendarDay.init) { _ in .date }
    if let first, let last, last < first {
      throw CellFault(Column.validTo.rawValue, .validToBeforeValidFrom)
    }
    validFrom = first?.text
    validTo = last?.text
  }

  package static func key(of cells: RegisterCells<Column>) throws(CellFault) -> String {
    try policyNumber(of: cells).text
  }

  private static func policyNumber(
    of cells: RegisterCells<Column>
  ) throws(CellFault) -> PolicyNumber {
    try cells.value(.policyNumber, PolicyNumber.init, orReject: RejectReason.policyNumber)
  }

  package var cells: [String] {
    [
      writtenNumber, customerNumber.text, product, status, validFrom ?? "", validTo ?? "",
    ]
  }
}
