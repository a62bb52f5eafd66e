/// An e-mail address that can be written to.
///
/// Only what every mail system understands is accepted: ASCII, a dot-atom before the @ (RFC 5322),
/// a host name after it (RFC 1123). Quoted local parts and address literals are legal on paper and
/// a mistake in practice; look-alike letters of other alphabets are not accepted.
package struct EmailAddress: Hashable, Sendable, Masked {
  /// RFC 5321 allows 256 for the path, of which two are its angle brackets.
  package static let longest = 254
  package static let longestLocalPart = 64

  /// As it was typed, without spaces and invisible marks around it.
  package let address: String
  /// In lower case; addresses with the same canonical form are the same user.
  ///
  /// Standards let a mail system tell `Anna@` from `anna@`. No common one does.
  package let canonical: String

  package var localPart: String {
    String(decoding: address.utf8.prefix { $0 != EmailAddress.at }, as: UTF8.self)
  }

  package var domain: String {
    let domain = address.utf8.drop { $0 != EmailAddress.at }.dropFirst()
    return String(decoding: domain, as: UTF8.self)
  }

  private static let at = UInt8(ascii: "@")

  package init(_ typed: String) throws(Invalid) {
    let text = Self.trimmed(typed)
    let bytes = text.utf8
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.count <= Self.longest else { throw .tooLong }
    guard !Self.hasInvisible(text) else { throw .invisible }
    guard bytes.allSatisfy({ $0 < 0x80 }) else { throw .notASCII }

    let parts = bytes.split(separator: Self.at, omittingEmptySubsequences: false)
    guard let local = parts.first, let host = parts.last, parts.count > 1 else { throw .noAt }
    guard parts.count == 2 else { throw .severalAt }
    guard Self.isDotAtom(local), local.count <= Self.longestLocalPart else { throw .localPart }
    guard Self.isHostName(host) else { throw .domain }

    address = String(decoding: bytes, as: UTF8.self)
    canonical =
      bytes.contains(where: \.isUpperCaseLetter)
      ? String(decoding: bytes.map(\.lowerCased), as: UTF8.self) : address
  }

  package static func == (one: EmailAddress, other: EmailAddress) -> Bool {
    one.canonical == other.canonical
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(canonical)
  }

  /// «k•••@p•••.hu».
  package var masked: String {
    let topLevel = domain.split(separator: ".").last ?? ""
    return "\(localPart.prefix(1))•••@\(domain.prefix(1))•••.\(topLevel)"
  }

  package enum Invalid: Error, Equatable {
    case empty
    case tooLong
    case noAt
    case severalAt
    /// A mark that nobody sees, in the middle: saying that a letter is wrong would be untrue.
    case invisible
    case notASCII
    case localPart
    case domain
  }
}
