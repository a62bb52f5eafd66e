/// Every cookie that the portal knows.
///
/// `__Host-`: only this host over a secure connection can have set it (ASVS 3.3.3).
package enum CookieName: String, CaseIterable, Sendable {
  /// Ties forms to the browser that asked for them.
  case visitor = "__Host-visitor"
  /// The registration in progress, and its case number.
  case registration = "__Host-registration"
  /// The forgotten password on its way to a new one.
  case recovery = "__Host-recovery"
  /// The login.
  case session = "__Host-session"
  /// The browser itself, so that a login from another one can be told to the account's owner.
  case device = "__Host-device"
  /// The chosen language.
  case language = "__Host-language"
}

/// The cookies of a request, read byte by byte.
///
/// Hummingbird trims Unicode white space from names and takes the first of two equal ones, so that
/// a neighbour's cookie could pass for ours ("Cookie chaos", measured with 2.28.1). Here only SP
/// and HTAB are trimmed, and a name that comes twice counts as missing.
package struct RequestCookies: Sendable {
  private var values: [CookieName: String] = [:]
  /// Names of ours that came more than once: somebody plays with cookies.
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

/// A cookie that an answer sets.
struct ResponseCookie: Sendable {
  let name: CookieName
  /// Hexadecimal digits, letters and dots only: nothing that a header would have to escape.
  let value: String
  /// `nil`: until the browser is closed.
  var maxAgeSeconds: Int?

  /// The header's value.
  var text: String {
    var text = "\(name.rawValue)=\(value); Path=/; Secure; HttpOnly; SameSite=Lax"
    if let maxAgeSeconds { text += "; Max-Age=\(maxAgeSeconds)" }
    return text
  }
}

extension SiteContext {
  /// Sets a cookie that lives until the browser is closed.
  package func set(_ name: CookieName, to value: String) {
    outgoing.set(ResponseCookie(name: name, value: value))
  }

  /// Sets a cookie that lives for a time.
  package func set(_ name: CookieName, to value: String, maxAgeSeconds: Int) {
    outgoing.set(ResponseCookie(name: name, value: value, maxAgeSeconds: maxAgeSeconds))
  }

  package func remove(_ name: CookieName) {
    outgoing.set(ResponseCookie(name: name, value: "", maxAgeSeconds: 0))
  }
}
