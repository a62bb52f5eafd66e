/// What a request's `Host` names.
package struct Authority: Hashable, Sendable {
  /// Lower case, without the port.
  package let host: String

  /// - Returns: `nil` when what follows the name is no port, as in `localhost:80@evil.test`
  package init?(_ written: String) {
    let bytes = written.utf8
    let start = bytes.lastIndex(of: UInt8(ascii: "]")) ?? bytes.startIndex
    guard let colon = bytes[start...].firstIndex(of: UInt8(ascii: ":")) else {
      host = written.lowercased()
      return
    }
    let port = bytes[bytes.index(after: colon)...]
    let isDigits = port.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    guard isDigits, port.count <= 5 else { return nil }
    host = String(written[..<colon]).lowercased()
  }
}
