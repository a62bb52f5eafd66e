internal import Synchronization

/// Writes the rows that were rejected, as a CSV file that can be mended and imported (I5).
///
/// It has the columns and the encoding of its file, and two more, which an import ignores: the
/// line, and what is wrong with it.
package final class RejectedRows<Row: RegisterRow>: Sendable {
  private struct State {
    var separator: UInt8 = 0x2C
    var header: RegisterHeader<Row.Column>?
  }

  private let state = Mutex(State())
  private let encoding: TextEncoding
  private let write: @Sendable ([UInt8]) throws -> Void

  /// - Parameter write: takes the next bytes of the file
  package init(
    _ encoding: TextEncoding, write: @escaping @Sendable ([UInt8]) throws -> Void
  ) {
    self.encoding = encoding
    self.write = write
  }

  func begin(_ header: (bytes: [UInt8], columns: RegisterHeader<Row.Column>)) throws {
    let separator: UInt8 = header.bytes.contains(0x3B) && !header.bytes.contains(0x2C) ? 0x3B : 0x2C
    state.withLock {
      $0.separator = separator
      $0.header = header.columns
    }
    let added = ["reject_line", "reject_reason"].joined(separator: Self.text(separator))
    try write(Self.withoutLineEnd(header.bytes[...]) + [separator] + Array(added.utf8) + [0x0A])
  }

  /// A row as the file has it.
  func add(_ bytes: ArraySlice<UInt8>, _ reject: Reject) throws {
    let separator = state.withLock { $0.separator }
    let reason =
      [reject.column, reject.reason.sentence].compactMap(\.self).joined(separator: ": ")
    let added = "\(Self.text(separator))\(reject.line)\(Self.text(separator))\(Self.quoted(reason))"
    try write(Self.withoutLineEnd(bytes) + Array(added.utf8) + [0x0A])
  }

  /// A row that could be read, and came too late to be kept as it was.
  ///
  /// - Parameter cells: in the order of the columns' cases
  func add(cells: [String], _ operation: RegisterOperation, _ reject: Reject) throws {
    let state = state.withLock { $0 }
    let line = (state.header?.line(of: cells, operation) ?? cells).map(Self.quoted)
      .joined(separator: Self.text(state.separator))
    try add(encoding.encode(line)[...], reject)
  }

  private static func withoutLineEnd(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array(bytes.last == 0x0D ? bytes.dropLast() : bytes)
  }

  private static func text(_ separator: UInt8) -> String {
    String(decoding: [separator], as: UTF8.self)
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
