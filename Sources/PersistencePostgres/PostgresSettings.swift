internal import CLibpq

/// Where PostgreSQL is, and how long we wait for it.
package struct PostgresSettings: Sendable {
  /// As libpq reads it: several hosts, `target_session_attrs` and TLS settings included.
  package var url: String
  /// Connections of this instance.
  package var connections = 10
  /// How long a request may wait for one of them.
  package var waitSeconds = 2.0
  /// How long one host may take to let us in; libpq takes no less than two.
  package var connectSeconds = 3
  /// What the server allows one statement, a lock, and a transaction that does nothing.
  package var statementSeconds = 5
  package var lockSeconds = 3
  package var idleInTransactionSeconds = 10
  /// The longest wait for any answer: a server that was stopped answers nothing at all, not even
  /// that a time-out is over.
  package var answerSeconds = 6.0
  /// Whether a pooler in transaction mode is between us: then nothing may be left behind in a
  /// session, and nothing is expected of it.
  package var isPooled = false

  package init(url: String) {
    self.url = url
  }

  /// How often a request may be repeated whose transaction certainly did nothing.
  static let repetitions = 3
  /// Statements that a session keeps prepared; the others are planned anew each time.
  static let preparedStatements = 300

  /// What libpq says against an address, or `nil` when it can read it.
  package static func problem(withURL url: String) -> String? {
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(url, &message) else {
      defer { PQfreemem(message) }
      // libpq repeats what it cannot read, a password perhaps; the first words are enough.
      let text = message.map { String(cString: $0) } ?? "it cannot be read"
      return String(text.prefix { $0 != "\"" && $0 != "\n" && $0 != ":" })
    }
    PQconninfoFree(options)
    return nil
  }
}
