extension IPAddress {
  /// A hop of `X-Forwarded-For` that is no address.
  package struct InvalidHop: Error {}

  /// The client that a chain of proxies forwarded a request for.
  ///
  /// Each proxy appends its own client, so that the right-most address that is no proxy's is the
  /// client's; what stands left of it anybody may have written.
  ///
  /// - Parameters:
  ///   - field: the value of `X-Forwarded-For`
  ///   - proxies: the operator's own
  /// - Returns: `nil` when all are proxies
  package static func client(
    forwarded field: String, by proxies: Set<IPAddress>
  ) throws(InvalidHop) -> IPAddress? {
    for hop in field.split(separator: ",").reversed() {
      guard let address = IPAddress(String(hop.filter { $0 != " " && $0 != "\t" })) else {
        throw InvalidHop()
      }
      if !proxies.contains(address) { return address }
    }
    return nil
  }
}
