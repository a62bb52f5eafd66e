internal import Domain

extension RejectReason {
  /// What the person who made the file needs to know, in English.
  package var sentence: String {
    switch self {
    case .noHeader: "The file is empty; a header line was expected."
    case .missingColumns(let names):
      "The header line lacks \(names.joined(separator: ", "))."
    case .repeatedColumn(let name): "The header line names \(name) twice."
    case .separatorLine:
      "The first line says what separates cells, as some spreadsheets write it. Delete that line; "
        + "the separator is found without it."
    case .tabs: "Tabs separate the cells. Save the file with commas or semicolons between them."
    case .capitals: "The names in the header line have capital letters. Write them in small ones."
    case .utf16: "The file is encoded in UTF-16. Save it as UTF-8."
    case .utf8Mark(let encoding):
      "The file is encoded in UTF-8: leave --encoding \(encoding.rawValue) out."
    case .unexpectedDelivery:
      "The file has a column operation: it holds changes and no whole register. Apply it with "
        + "--changes and the number of the delivery."
    case .malformed(let reason): reason.sentence
    case .columnCount(let count, let expected):
      "The line has \(count) columns, the header line has \(expected)."
    case .openQuote(1): "A quote is opened in this line and left open: it takes in the next line."
    case .openQuote(let count):
      "A quote is opened in this line and left open: it takes in the next \(count) lines."
    case .empty: "The cell is empty."
    case .textTooLong: "The text is longer than 200 bytes."
    case .controlCharacter: "The text holds a line end or another control character."
    case .spreadsheetNumber:
      "A spreadsheet has rounded the number, like 3.63E+10. Format the column as text there."
    case .lostZeros(let count):
      "The customer number has \(count) digits, not 7. Spreadsheets drop zeros in front: format "
        + "the column as text there."
    case .customerNumber(let reason): reason.sentence
    case .oldCustomerNumber(let reason): reason.sentence
    case .policyNumber(let reason): reason.sentence
    case .phoneNumber(let reason): reason.sentence
    case .email(let reason): reason.sentence
    case .unknownStatus: "The status is none of active, blocked, deceased, closed."
    case .unknownOperation: "The operation is none of upsert, delete."
    case .date: "The date is no day of the calendar written as YYYY-MM-DD."
    case .validToBeforeValidFrom: "The policy would end before it begins."
    case .repeatedCustomerNumber: "An earlier line with the same customer number was taken over."
    case .repeatedPolicyNumber: "An earlier line with the same policy number was taken over."
    case .unknownCustomer: "No customer with this number was taken over from customers.csv."
    case .noLineEnd:
      "The file ends behind this cell without a line end, so that the cell may be cut. Let the "
        + "export end its last line as well."
    }
  }
}

extension CSVFault.Reason {
  fileprivate var sentence: String {
    switch self {
    case .strayQuote: "A quote stands inside a field that does not begin with one."
    case .textAfterQuote: "Text follows the closing quote of a field."
    case .unclosedQuote: "A quote is opened and never closed."
    case .strayCarriageReturn: "A carriage return stands without a line feed."
    case .nul: "The field holds a NUL byte."
    case .encoding: "The field is not text in the encoding of the file."
    case .fieldTooLong: "The field is longer than \(CSVParser.longestField) bytes."
    case .tooManyColumns: "The line has more than \(CSVParser.mostColumns) columns."
    }
  }
}

extension CustomerNumber.Invalid {
  fileprivate var sentence: String {
    switch self {
    case .empty: "The customer number is missing."
    case .length(let count): "The customer number has \(count) characters, not 7."
    case .characters: "The customer number holds something else than letters and digits."
    }
  }
}

extension OldCustomerNumber.Invalid {
  fileprivate var sentence: String {
    switch self {
    case .empty: "An old customer number has no letters or digits."
    case .tooLong: "An old customer number is longer than 20 characters."
    case .characters: "An old customer number holds something else than letters and digits."
    }
  }
}

extension PolicyNumber.Invalid {
  fileprivate var sentence: String {
    switch self {
    case .empty: "The policy number is missing."
    case .tooShort: "The policy number is shorter than 4 characters."
    case .tooLong: "The policy number is longer than 20 characters."
    case .characters: "The policy number holds something else than letters and digits."
    }
  }
}

extension PhoneNumber.Invalid {
  fileprivate var sentence: String {
    switch self {
    case .empty: "The telephone number has no digits."
    case .characters: "The telephone number holds something else than one number."
    case .length: "The telephone number has too few or too many digits."
    }
  }
}

extension EmailAddress.Invalid {
  fileprivate var sentence: String {
    switch self {
    case .empty: "The e-mail address is missing."
    case .tooLong: "The e-mail address is longer than 254 bytes."
    case .noAt: "The e-mail address has no @."
    case .severalAt: "The e-mail address has more than one @."
    case .invisible: "The e-mail address holds a character that nobody sees."
    case .notASCII: "The e-mail address holds an accented or other non-ASCII character."
    case .localPart: "The e-mail address has a mistake before the @."
    case .domain: "The e-mail address has a mistake after the @."
    }
  }
}
