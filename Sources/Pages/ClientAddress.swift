internal import HTTPTypes
package import Hummingbird
internal import WebServer

/// Finds out who sent a request, for the limits that count by network address.
///
/// A forwarded address is believed only from a proxy that the operator has named; anybody can write
/// such a header (ASVS 4.1.3).
package struct ClientAddress: Sendable {
  private let proxies: Set<IPAddress>

  /// - Parameter proxies: the addresses of the operator's proxies
  package init(proxies: Set<String>) {
    self.proxies = Set(proxies.compactMap(IPAddress.init))
  }

  /// What counts as one address.
  ///
  /// - Returns: `nil` for a peer on this machine that is not a named proxy: it is nobody, or a
  ///   proxy for all customers, who must not share one count.
  /// - Throws: 400 for a forwarded address that is invalid: skipping it would let a client choose
  ///   whose address counts (CVE-2024-47070).
  package func key(
    of request: Request, in context: SiteContext
  ) throws(HTTPError) -> String? {
    guard let peer = context.peer.flatMap(IPAddress.init) else { return nil }
    guard proxies.contains(peer) else { return peer.isOfThisMachine ? nil : peer.network }
    let forwarded = HTTPField.Name("X-Forwarded-For").flatMap { request.headers[$0] } ?? ""
    do { return try IPAddress.client(forwarded: forwarded, by: proxies)?.network } catch {
      throw HTTPError(.badRequest)
    }
  }
}
