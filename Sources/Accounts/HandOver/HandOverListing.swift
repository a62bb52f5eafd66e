internal import Foundation

/// A batch as the back office reads it.
package struct HandOverListing: Sendable {
  private let batch: HandOverBatches.Batch

  package init(batch: HandOverBatches.Batch) {
    self.batch = batch
  }

  // MARK: CSV

  /// RFC 4180, every field quoted, UTF-8.
  ///
  /// Anything that a spreadsheet would take for a formula gets an apostrophe before it (attack 83),
  /// even after a semicolon, where some spreadsheets split a line in spite of quotes.
  package var csv: String {
    let header = ["batch", "id", "at", "kind", "customer_number", "old_value", "new_value"]
    let lines = batch.rows.map { row in
      [
        "\(batch.id)", "\(row.id)", HandOverListing.instant(row.at), row.kind,
        row.customer, row.old ?? "", row.new ?? "",
      ]
    }
    return ([header] + lines).map { fields in
      fields.map(HandOverListing.quoted).joined(separator: ",") + "\r\n"
    }.joined()
  }

  private static func quoted(_ field: String) -> String {
    "\"" + harmless(field).replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }

  /// The field with an apostrophe wherever a formula might begin.
  static func harmless(_ field: String) -> String {
    var text = String.UnicodeScalarView()
    var isStart = true
    for scalar in field.unicodeScalars {
      if isStart, formulaSigns.contains(scalar) { text.append("'") }
      text.append(scalar)
      // Spaces and quotation marks before a formula do not stop a spreadsheet.
      isStart = separators.contains(scalar) || (isStart && blanks.contains(scalar))
    }
    return String(text)
  }

  /// ASCII and full-width; a tab or a line end at the start of a cell is a trick as well.
  private static let formulaSigns: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
  ]
  private static let separators: Set<Unicode.Scalar> = [";", ",", "\t", "\r", "\n", "|"]
  private static let blanks: Set<Unicode.Scalar> = [" ", "\u{A0}", "\"", "\u{FEFF}", "\u{200B}"]

  // MARK: JSON

  /// One object per line, with the values unchanged.
  package var jsonLines: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return try batch.rows.map { row in
        let line = Line(
          batch: batch.id, id: row.id, at: HandOverListing.instant(row.at), kind: row.kind,
          customerNumber: row.customer, oldValue: row.old, newValue: row.new)
        return String(decoding: try encoder.encode(line), as: UTF8.self) + "\n"
      }.joined()
    }
  }

  private struct Line: Encodable {
    let batch: HandOverBatches.Batch.ID
    let id: HandOverBatches.Row.ID
    let at: String
    let kind: String
    let customerNumber: String
    let oldValue: String?
    let newValue: String?

    enum CodingKeys: String, CodingKey {
      case batch, id, at, kind
      case customerNumber = "customer_number"
      case oldValue = "old_value"
      case newValue = "new_value"
    }
  }

  private static func instant(_ date: Date) -> String { date.ISO8601Format() }
}
