internal import HTTPTypes
package import Hummingbird

/// Finds out who is at the other end of a request, for the limits that count by network address.
///
/// A forwarded address is believed only from a proxy that the operator has named; everybody can
/// write such a header (ASVS 4.1.3).
package struct ClientAddress: Sendable {
  private let proxies: Set<String>

  /// - Parameter proxies: the addresses of the operator's proxies
  package init(proxies: Set<String>) {
    self.proxies = proxies
  }

  /// What counts as one address: an IPv4 address, or the /64 that an IPv6 customer has.
  ///
  /// - Returns: `nil` for a peer on this machine that is no named proxy: it is nobody, or a proxy
  ///   that stands for all customers, who must not share one count.
  package func key(of request: Request, in context: SiteContext) -> String? {
    guard let peer = context.peer else { return nil }
    guard proxies.contains(peer) else {
      return ClientAddress.isLocal(peer) ? nil : ClientAddress.network(of: peer)
    }
    let forwarded = HTTPField.Name("X-Forwarded-For").flatMap { request.headers[$0] } ?? ""
    // Each proxy appends whom it heard from, so that the right-most unnamed address is the client.
    let hops = forwarded.split(separator: ",").map { String($0.filter { $0 != " " }) }
    return hops.last { !proxies.contains($0) }.map(ClientAddress.network)
  }

  private static func isLocal(_ address: String) -> Bool {
    address == "::1" || address.utf8.starts(with: "127.".utf8)
  }

  private static func network(of address: String) -> String {
    guard address.contains(":") else { return address }
    // The zeros that a short spelling leaves out are put back: eight groups, four of them the /64.
    var groups = address.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if let gap = groups.dropFirst().dropLast().firstIndex(of: ""), groups.count < 8 {
      groups.replaceSubrange(
        gap...gap, with: Array(repeating: "0", count: max(1, 9 - groups.count)))
    }
    return groups.prefix(4).map { $0.isEmpty ? "0" : $0.lowercased() }.joined(separator: ":")
  }
}
