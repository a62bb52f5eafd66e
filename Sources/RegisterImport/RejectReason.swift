package import Domain

/// Why a line of a register file, or the whole file, was not imported.
package enum RejectReason: Error, Equatable, Sendable {
  // The whole file.
  case noHeader
  case missingColumns([String])
  case repeatedColumn(String)
  /// The line `sep=;` of a spreadsheet in place of the header line.
  case separatorLine
  /// Tabs between the names of the header line.
  case tabs
  /// The names of the header line have capital letters.
  case capitals
  case utf16
  /// The mark of UTF-8 before a header line that is read in this encoding.
  case utf8Mark(TextEncoding)
  /// The column `operation` in what should be a whole register.
  case unexpectedDelivery

  // The line itself.
  case malformed(CSVFault.Reason)
  case columnCount(Int, expected: Int)
  /// A quote that was left open has taken in this many of the following lines, until another one
  /// seemed to close it.
  case openQuote(followingLines: Int)

  // One cell.
  case empty
  case textTooLong
  case controlCharacter
  /// A spreadsheet took a long number for a quantity, and wrote it like `3.63E+10`.
  case spreadsheetNumber
  /// Digits alone, and fewer than seven: a spreadsheet drops zeros in front.
  case lostZeros(Int)
  case customerNumber(CustomerNumber.Invalid)
  case oldCustomerNumber(OldCustomerNumber.Invalid)
  case policyNumber(PolicyNumber.Invalid)
  case phoneNumber(PhoneNumber.Invalid)
  case email(EmailAddress.Invalid)
  case unknownStatus
  case unknownOperation
  case date
  case validToBeforeValidFrom

  // One line compared with the others.
  case repeatedCustomerNumber
  case repeatedPolicyNumber
  case unknownCustomer

  // The last cell of a file whose last line has no end; a warning.
  case noLineEnd
}
