/// A cookie that an answer sets.
struct ResponseCookie: Sendable {
  let name: CookieName
  /// Letters, digits, dots and base64 only: nothing that a header would have to escape.
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

  /// Sets a cookie that lives for a limited time.
  package func set(_ name: CookieName, to value: String, maxAgeSeconds: Int) {
    outgoing.set(ResponseCookie(name: name, value: value, maxAgeSeconds: maxAgeSeconds))
  }

  package func remove(_ name: CookieName) {
    outgoing.set(ResponseCookie(name: name, value: "", maxAgeSeconds: 0))
  }
}
