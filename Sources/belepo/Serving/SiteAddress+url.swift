internal import Foundation
internal import Pages

extension SiteAddress {
  /// Of a site with this public URL: under which names it is asked for, and where its own forms
  /// come from.
  init(of url: URL, proxies: Set<String>) {
    let host = url.host?.lowercased() ?? "localhost"
    let port = url.port.map { ":\($0)" } ?? ""
    let scheme = url.scheme?.lowercased() ?? "http"
    // This machine has several names for itself; a public site has one.
    let local: Set = ["localhost", "127.0.0.1", "[::1]"]
    self.init(
      hosts: local.contains(host) ? local : [host], origin: "\(scheme)://\(host)\(port)",
      isSecure: scheme == "https", proxies: proxies)
  }
}
