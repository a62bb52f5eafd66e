internal import Glibc

/// A network address, however it is written.
package struct IPAddress: Hashable, Sendable {
  /// Four bytes, or sixteen.
  private let bytes: [UInt8]

  /// Reads IPv4 and IPv6, with or without a port or a zone; an IPv4-mapped IPv6 address
  /// (`::ffff:192.0.2.1`, as dual-stack sockets show it) is read as its IPv4 address.
  package init?(_ written: String) {
    let text = IPAddress.withoutPort(written)
    var v4 = in_addr()
    if inet_pton(AF_INET, text, &v4) == 1 {
      bytes = withUnsafeBytes(of: v4) { Array($0) }
      return
    }
    var v6 = in6_addr()
    guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
    let all = withUnsafeBytes(of: v6) { Array($0) }
    bytes = all.starts(with: IPAddress.mapped) ? Array(all.suffix(4)) : all
  }

  private static let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

  /// Some proxies forward `[2001:db8::1]:443` and `192.0.2.1:443`.
  private static func withoutPort(_ written: String) -> String {
    if written.hasPrefix("["), let end = written.firstIndex(of: "]") {
      return String(written[written.index(after: written.startIndex)..<end])
    }
    let parts = written.split(separator: ":", omittingEmptySubsequences: false)
    let address = parts.count == 2 ? String(parts[0]) : written
    return String(address.prefix { $0 != "%" })
  }

  package var isOfThisMachine: Bool {
    bytes.count == 4 ? bytes[0] == 127 : bytes == Array(repeating: 0, count: 15) + [1]
  }

  /// What counts as one customer's address: an IPv4 address, or an IPv6 customer's /64.
  package var network: String {
    bytes.prefix(bytes.count == 4 ? 4 : 8).map(String.init).joined(separator: ".")
  }
}
