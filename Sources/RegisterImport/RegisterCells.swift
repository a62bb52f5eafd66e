/// The cells of one line, read by the names of their columns.
package struct RegisterCells<Column: RegisterColumn>: Sendable {
  /// In bytes. Longer names and products do not fit on any page.
  package static var longestText: Int { 200 }

  private let header: RegisterHeader<Column>
  private let fields: [String]

  init(_ fields: [String], header: RegisterHeader<Column>) {
    self.fields = fields
    self.header = header
  }

  /// Cells that come from elsewhere than a file, read by the same rules.
  package init(_ values: [Column: String]) {
    let columns = Array(Column.allCases)
    header = RegisterHeader(columns: columns)
    fields = columns.map { values[$0] ?? "" }
  }

  /// The text of a cell without spaces around it.
  subscript(column: Column) -> String {
    guard let position = header.position(of: column), fields.indices.contains(position) else {
      return ""
    }
    return fields[position].trimmed
  }

  /// The value that a cell must hold.
  func value<Value, Invalid: Error>(
    _ column: Column,
    _ parse: (String) throws(Invalid) -> Value,
    orReject reason: (Invalid) -> RejectReason
  ) throws(CellFault) -> Value {
    let text = self[column]
    do throws(Invalid) {
      return try parse(text)
    } catch {
      throw CellFault(
        column.rawValue, text.looksLikeQuantity ? .spreadsheetNumber : reason(error))
    }
  }

  /// The value that a cell may hold; an empty cell holds none.
  func optionalValue<Value, Invalid: Error>(
    _ column: Column,
    _ parse: (String) throws(Invalid) -> Value,
    orReject reason: (Invalid) -> RejectReason
  ) throws(CellFault) -> Value? {
    if self[column].isEmpty { return nil }
    return try value(column, parse, orReject: reason)
  }

  /// The same, for a cell that the register can do without: one that cannot be read is empty, with
  /// a warning (I5).
  func dispensableValue<Value, Invalid: Error>(
    _ column: Column,
    _ parse: (String) throws(Invalid) -> Value,
    orWarn reason: (Invalid) -> RejectReason,
    _ warnings: inout [CellFault]
  ) -> Value? {
    do throws(CellFault) {
      return try optionalValue(column, parse, orReject: reason)
    } catch {
      warnings.append(error)
      return nil
    }
  }

  /// A text that is required and fits on one line.
  func text(_ column: Column) throws(CellFault) -> String {
    let text = self[column]
    if text.isEmpty { throw CellFault(column.rawValue, .empty) }
    if text.utf8.count > Self.longestText { throw CellFault(column.rawValue, .textTooLong) }
    if text.unicodeScalars.contains(where: Self.isControl) {
      throw CellFault(column.rawValue, .controlCharacter)
    }
    return text
  }

  /// Line ends, NUL and the like: ASCII's own, and those of Latin-1.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }
}

extension String {
  /// Whether a spreadsheet may have written it: `3.63E+10`, `3,63E+10`.
  fileprivate var looksLikeQuantity: Bool {
    let parts = utf8.split(separator: UInt8(ascii: "+"), omittingEmptySubsequences: false)
    guard parts.count == 2, let mantissa = parts.first, let exponent = parts.last,
      mantissa.last == UInt8(ascii: "E"), mantissa.count > 1, !exponent.isEmpty
    else { return false }
    let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
    return exponent.allSatisfy(isDigit)
      && mantissa.dropLast().allSatisfy { isDigit($0) || $0 == 0x2E || $0 == 0x2C }
  }
}
