/// Every cookie that the portal knows.
///
/// `__Host-`: only this host can have set it, over a secure connection (ASVS 3.3.3).
package enum CookieName: String, CaseIterable, Sendable {
  /// Binds forms to the browser that requested them.
  case visitor = "__Host-visitor"
  /// The registration in progress, and its case number.
  case registration = "__Host-registration"
  /// The recovery of a forgotten password.
  case recovery = "__Host-recovery"
  /// A login that waits for its code by e-mail.
  case login = "__Host-login"
  /// Where to go after the login.
  case returnTo = "__Host-return"
  /// The login.
  case session = "__Host-session"
  /// The browser itself, so that the account's owner can be told of a login from another one.
  case device = "__Host-device"
  /// The page to come back to after a new login or a new proof, with what was typed there.
  case asked = "__Host-asked"
  /// The chosen language.
  case language = "__Host-language"
  /// The same two of the staff's site. Ports share a host's cookies, so that names keep them apart.
  case staffVisitor = "__Host-staff-visitor"
  case staffSession = "__Host-staff-session"
}

/// The cookies of a request, read byte by byte.
///
/// Hummingbird trims Unicode white space from names and takes the first of two equal ones, so that
/// a neighbour's cookie could pass for ours ("Cookie chaos", measured with 2.28.1). Here only SP
/// and HTAB are trimmed, and a name that appears twice counts as missing.
package struct RequestCookies: Sendable {
  private var values: [CookieName: String] = [:]
  /// Names of ours that appeared more than once: somebody is playing with cookies.
  package private(set) var doubled: Set<CookieName> = []

  /// - Parameter fields: the values of all `Cookie` header fields
  package init(fields: [String]) {
    for field in fields {
      for pair in field.utf8.split(separator: UInt8(ascii: ";")) { add(pair) }
    }
    for name in doubled { values[name] = nil }
  }

  private mutating func add(_ pair: Substring.UTF8View) {
    guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return }
    let written = RequestCookies.trim(pair[..<equals])
    guard let name = CookieName.allCases.first(where: { $0.rawValue.utf8.elementsEqual(written) })
    else { return }
    let value = RequestCookies.trim(pair[pair.index(after: equals)...])
    if values[name] != nil { doubled.insert(name) }
    values[name] = String(Substring(value))
  }

  private static func trim(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    var rest = bytes.drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
    return rest
  }

  package subscript(_ name: CookieName) -> String? { values[name] }
}
