package import HummingbirdCore

extension URI {
  /// Whether its path is what the request's target says up to the query.
  ///
  /// The router finds another one where the first letter of a path has an accent: it takes what
  /// follows for a scheme and a host. A page would have a second name (attack 66). The absolute
  /// form, which every server has to take (RFC 9112, 3.2.2), begins with no slash.
  package var isSpelledOut: Bool {
    string.utf8.first != UInt8(ascii: "/")
      || string.utf8.prefix { $0 != UInt8(ascii: "?") }.elementsEqual(path.utf8)
  }
}
