package import Domain

extension EmailAddress {
  /// Reads an address as a person types it: its domain may have accents.
  ///
  /// Mail is sent with the domain in ASCII, so that is how it is stored and compared. Before the @
  /// only ASCII is accepted: mail systems that can do more are rare.
  package init(typed: String) throws(Invalid) {
    guard typed.utf8.contains(where: { $0 >= 0x80 }) else {
      try self.init(typed)
      return
    }
    let text = EmailAddress.trimmed(typed)
    guard !EmailAddress.hasInvisible(text) else { throw .invisible }
    let bytes = text.utf8
    guard bytes.count <= EmailAddress.longest, let at = bytes.lastIndex(of: UInt8(ascii: "@")),
      bytes[at...].contains(where: { $0 >= 0x80 })
    else {
      try self.init(typed)
      return
    }
    let local = String(decoding: bytes[...at], as: UTF8.self)
    let written = String(decoding: bytes[bytes.index(after: at)...], as: UTF8.self)
    let domain: String
    do throws(InternationalDomain.Refusal) {
      domain = try InternationalDomain.ascii(written)
    } catch {
      switch error {
      case .letters: throw .notASCII
      case .form: throw .domain
      }
    }
    try self.init(local + domain)
  }

  /// The address for people to read.
  package var shown: String { "\(localPart)@\(InternationalDomain.shown(domain))" }
}
