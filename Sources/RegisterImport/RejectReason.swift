package import Domain

/// Why a line of a register file, or the whole file, was not taken over.
package enum RejectReason: Error, Equatable, Sendable {
  // The whole file.
  case noHeader
  case missingColumns([String])
  case repeatedColumn(String)

  // The line as such.
  case malformed(CSVFault.Reason)
  case columnCount(Int, expected: Int)

  // One cell.
  case empty
  case textTooLong
  case controlCharacter
  case customerNumber(CustomerNumber.Invalid)
  case oldCustomerNumber(OldCustomerNumber.Invalid)
  case policyNumber(PolicyNumber.Invalid)
  case phoneNumber(PhoneNumber.Invalid)
  case email(EmailAddress.Invalid)
  case unknownStatus
  case date
  case validToBeforeValidFrom

  // One line beside the others.
  case repeatedCustomerNumber
  case repeatedPolicyNumber
  case unknownCustomer
}
