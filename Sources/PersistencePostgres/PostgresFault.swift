internal import Persistence

/// What went wrong with a statement or with the session.
struct PostgresFault: Error, CustomStringConvertible {
  enum Kind: Hashable {
    /// The server refused a statement, with its SQLSTATE.
    case refused(String)
    /// There is no session: no server, or one that lets nobody in.
    case unreachable
    /// The session is lost, and its transaction certainly did nothing.
    case lost
    /// The session was lost after `COMMIT` was sent: nobody knows.
    case commitUnknown
    /// An answer that libpq or we do not understand.
    case nonsense
  }

  let kind: Kind
  /// The server's first sentence; it names constraints and tables, but no values.
  let sentence: String

  var description: String {
    switch kind {
    case .refused(let state): "PostgreSQL \(state): \(sentence)"
    case .unreachable: "There is no connection to PostgreSQL: \(sentence)"
    case .lost: "The connection to PostgreSQL was lost: \(sentence)"
    case .commitUnknown: "The connection to PostgreSQL was lost during COMMIT: \(sentence)"
    case .nonsense: "PostgreSQL: \(sentence)"
    }
  }

  /// Whether the session can no longer be used.
  var endsSession: Bool {
    switch kind {
    case .unreachable, .lost, .commitUnknown, .nonsense: true
    // Stale plan: the schema has changed since a statement was prepared.
    case .refused(let state): state == "0A000" || state == "26000" || state.hasPrefix("57P")
    }
  }

  /// Whether the same work may be repeated at once: it did nothing, and may succeed now.
  var isWorthRepeating: Bool {
    switch kind {
    case .lost: true
    case .unreachable, .commitUnknown, .nonsense: false
    case .refused(let state):
      switch state {
      // A deadlock, or two transactions on the same row or key at the same instant.
      case "40001", "40P01", "23505": true
      // A plan from before a migration, or a server that is being stopped or is a standby.
      case "0A000", "26000", "57P01", "57P02", "57P03", "25006": true
      default: false
      }
    }
  }

  /// What the rest of the program is told: an outage, or the fault itself if it is our mistake.
  var translated: any Error {
    switch kind {
    case .unreachable, .lost, .nonsense: return StoreFault.unavailable(description)
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
