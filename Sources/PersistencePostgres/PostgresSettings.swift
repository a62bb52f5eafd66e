internal import CLibpq

/// Where PostgreSQL is, and how long we wait for it.
package struct PostgresSettings: Sendable {
  /// As libpq reads it: several hosts, `target_session_attrs` and TLS settings included.
  package var url: String
  /// Connections of this instance.
  package var connections = 10
  /// How long a request may wait for one of them.
  package var waitSeconds = 2.0
  /// How long one host may take to accept a connection; libpq allows no less than two.
  package var connectSeconds = 3
  /// What the server allows for a statement, a lock, and an idle transaction.
  package var statementSeconds = 5
  package var lockSeconds = 3
  package var idleInTransactionSeconds = 10
  /// The longest wait for any answer: a suspended server answers nothing at all, not even that a
  /// time-out is over.
  package var answerSeconds = 6.0
  /// Whether a pooler in transaction mode is in between: then nothing may be left behind in a
  /// session, and nothing is expected of it.
  package var isPooled = false

  package init(url: String) {
    self.url = url
  }

  /// How often a request whose transaction certainly did nothing may be repeated.
  static let repetitions = 3
  /// How many statements a session keeps prepared; others are planned anew each time.
  static let preparedStatements = 300

  /// Whether everything that goes to the URL's hosts is encrypted, or stays on this machine.
  ///
  /// - Parameter mode: the `sslmode` for a URL that names none, as libpq takes it from `PGSSLMODE`
  package static func isProtected(url: String, mode: String?) -> Bool {
    guard let first = PQconninfoParse(url, nil) else { return false }
    defer { PQconninfoFree(first) }
    var values: [String: String] = [:]
    var option = first
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        values[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    let hosts = [values["hostaddr"], values["host"]].compactMap(\.self)
      .flatMap { $0.split(separator: ",") }
    // A host that begins with / or @ is a socket of this machine; so is none at all.
    let areLocal = hosts.allSatisfy {
      $0.hasPrefix("/") || $0.hasPrefix("@") || $0.hasPrefix("127.")
        || ["localhost", "::1"].contains($0)
    }
    let encrypting = ["require", "verify-ca", "verify-full"]
    return areLocal || encrypting.contains(values["sslmode"] ?? mode ?? "prefer")
  }

  /// libpq's objection to a URL, or `nil` when it can parse it.
  package static func problem(withURL url: String) -> String? {
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(url, &message) else {
      defer { PQfreemem(message) }
      // libpq repeats what it cannot read, possibly a password; the first words are enough.
      let text = message.map { String(cString: $0) } ?? "it cannot be read"
      return String(text.prefix { $0 != "\"" && $0 != "\n" && $0 != ":" })
    }
    PQconninfoFree(options)
    return nil
  }
}
