internal import Persistence

/// What went wrong with a statement or with the session.
struct PostgresFault: Error, CustomStringConvertible {
  enum Kind: Hashable {
    /// The server refused a statement, with its SQLSTATE.
    case refused(String)
    /// The session is gone, and its transaction certainly did nothing.
    case lost
    /// The session is gone after `COMMIT` was on its way: nobody knows.
    case commitUnknown
    /// An answer that libpq or we do not understand.
    case nonsense
  }

  let kind: Kind
  /// The server's first sentence; it names rules and tables, and no values.
  let sentence: String

  var description: String {
    switch kind {
    case .refused(let state): "PostgreSQL \(state): \(sentence)"
    case .lost: "The connection to PostgreSQL was lost: \(sentence)"
    case .commitUnknown: "The connection to PostgreSQL was lost during COMMIT: \(sentence)"
    case .nonsense: "PostgreSQL: \(sentence)"
    }
  }

  /// Whether the session can be used no longer.
  var endsSession: Bool {
    switch kind {
    case .lost, .commitUnknown, .nonsense: true
    // Stale plan: the schema has changed under a prepared statement.
    case .refused(let state): state == "0A000" || state == "26000" || state.hasPrefix("57P")
    }
  }

  /// Whether the same work may be done again at once: it did nothing, and may succeed now.
  var isWorthRepeating: Bool {
    switch kind {
    case .lost: true
    case .commitUnknown, .nonsense: false
    case .refused(let state):
      switch state {
      // A deadlock, or two that were at the same row or key in the same instant.
      case "40001", "40P01", "23505": true
      // A plan of before a migration, and a server that is being stopped or is a standby.
      case "0A000", "26000", "57P01", "57P02", "57P03", "25006": true
      default: false
      }
    }
  }

  /// What the rest of the program hears: an outage, or the fault itself when it is our mistake.
  var translated: any Error {
    switch kind {
    case .lost, .nonsense: return StoreFault.unavailable(description)
    case .commitUnknown: return StoreFault.outcomeUnknown
    case .refused(let state):
      switch state {
      // Lock, statement and idle time-outs; deadlock; too many connections.
      case "55P03", "57014", "25P03", "25P04", "40001", "40P01", "53300": return StoreFault.busy
      default: break
      }
      // Connection, resources (disk full), operator's intervention, system, read-only, passwords.
      let outages = ["08", "53", "57", "58", "28", "3D", "42501", "25006"]
      return outages.contains { state.hasPrefix($0) }
        ? StoreFault.unavailable(description) : self
    }
  }
}
