/// The result for one file of an import, compared with the register before it.
package struct FileReport: Equatable, Sendable {
  package var new = 0
  package var changed = 0
  package var unchanged = 0
  /// Rows of the previous register that the file no longer has, or has only in a rejected line.
  package var removed = 0
  package private(set) var rejected = 0
  /// Cells that may be empty, and are, because they could not be read; and a last one that may be
  /// cut.
  package private(set) var warned = 0
  /// The first ``ImportLimits/listedRejects`` of them.
  package private(set) var rejects: [Reject] = []
  /// The first ``ImportLimits/listedRejects`` of them.
  package private(set) var warnings: [Reject] = []
  /// Lines with a row, readable or not.
  package var lines = 0
  /// Customers who stay and had a mobile number, and those of them whose number changes.
  package internal(set) var phones = 0
  package internal(set) var changedPhones = 0
  /// Policies that stay, and those of them that get another customer.
  package internal(set) var owners = 0
  package internal(set) var changedOwners = 0
  /// What the register has from the file before; nil where the file itself tells, being whole.
  package internal(set) var standing: Standing?
  /// The SHA-256 of the file, in hexadecimal, as `sha256sum` prints it.
  package internal(set) var hash = ""

  package struct Standing: Equatable, Sendable {
    let rows: Int
    let phones: Int
  }

  /// What becomes of the cells of a column that may be empty.
  struct Cells: Equatable, Sendable {
    /// Filled ones of rows that stay.
    var filled = 0
    /// Those of them that are empty now.
    var emptied = 0
  }

  /// By the name of the column.
  var cells: [String: Cells] = [:]
  /// Filled cells of the column with mobile numbers, and those of them that cannot be read.
  var filledPhones = 0
  /// Texts that are not ASCII, and those of them that are ``GarbledText``.
  var accentedTexts = 0
  var garbledTexts = 0
  /// What the file was read in.
  var encoding = TextEncoding.utf8
  private(set) var unreadPhones = 0
  private var encodingRejects = 0
  private var zeroRejects = 0
  private var quantityRejects = 0
  private var phoneQuantities = 0

  /// Rows that both the new register and the previous one have.
  var kept: Int { changed + unchanged }

  mutating func add(_ reject: Reject) {
    rejected += 1
    if rejects.count < ImportLimits.listedRejects { rejects.append(reject) }
    switch reject.reason {
    case .malformed(.encoding): encodingRejects += 1
    case .lostZeros: zeroRejects += 1
    case .spreadsheetNumber: quantityRejects += 1
    default: break
    }
  }

  mutating func add(warning: Reject) {
    warned += 1
    if warnings.count < ImportLimits.listedRejects { warnings.append(warning) }
  }

  /// Notes that a mobile number cannot be read.
  mutating func addUnreadPhone(_ reason: RejectReason) {
    unreadPhones += 1
    if reason == .spreadsheetNumber { phoneQuantities += 1 }
  }

  /// In the order of the lines, after rejects of both kinds have come together.
  mutating func orderRejects() {
    rejects.sort { $0.line < $1.line }
  }

  /// What most likely happened to the whole file.
  var hint: String? {
    if encodingRejects * 2 > rejected {
      return switch encoding {
      case .utf8:
        """
        Most of them are not text in the encoding of the file: try --encoding windows-1250 or \
        --encoding iso-8859-2.
        """
      case .windows1250, .iso88592:
        """
        Most of them are not text in \(encoding.rawValue): leave --encoding out if the file is in \
        UTF-8.
        """
      }
    }
    return (zeroRejects + quantityRejects) * 2 > rejected ? Self.spreadsheetHint : nil
  }

  /// What most likely happened to the column with mobile numbers.
  var phoneHint: String? {
    phoneQuantities * 2 > unreadPhones ? Self.spreadsheetHint : nil
  }

  private static let spreadsheetHint =
    "A spreadsheet has damaged the numbers: export the file again and do not open it there."
}
