package import Domain
package import FoundationEssentials
internal import Persistence

/// Where an account's owner sees the open sessions, and ends any that should not be there
/// (ASVS 7.5.2).
package struct Devices: Sendable {
  private let world: World

  package init(world: World) {
    self.world = world
  }

  /// How far back the owner can read, and how many lines at most.
  package static let activitySeconds = 90 * 24 * 60 * 60
  package static let activityLines = 50

  package struct OpenSession: Hashable, Sendable {
    /// What names it on the page; it opens nothing.
    package let name: String
    package let device: Device
    package let begunAt: Date
    package let lastUsedAt: Date
    /// Whether it is the requesting session.
    package let isThis: Bool
  }

  package struct Login: Hashable, Sendable {
    package let at: Date
    package let device: Device
  }

  package struct Overview: Sendable {
    /// The requesting session first, then the most recently used.
    package let sessions: [OpenSession]
    /// The login before the one that opened the requesting session.
    package let lastLogin: Login?
    /// Failed logins since then, or in all.
    package let failures: Int
    package let activities: [Activity]
  }

  package func overview(of account: Account, in token: Token) async throws -> Overview {
    let now = world.now()
    return try await world.store.read { transaction in
      let open = try transaction.sessions.all(of: account.id)
        .filter { $0.isAlive(at: now, limits: world.limits) }
        .map { session in
          OpenSession(
            name: session.name, device: session.device, begunAt: session.createdAt,
            lastUsedAt: session.lastUsedAt, isThis: session.tokenHash == token.hash)
        }
      let history = try transaction.devices.loginHistory(of: account.id, in: token, at: now)
      return Overview(
        sessions: open.filter(\.isThis) + open.filter { !$0.isThis },
        lastLogin: history.lastLogin, failures: history.failures,
        activities: try transaction.devices.activities(
          of: account.id,
          since: now.addingTimeInterval(-Double(Devices.activitySeconds)),
          atMost: Devices.activityLines))
    }
  }

  package enum EndOutcome: Hashable, Sendable {
    /// The session has ended, perhaps before this click.
    case ended
    /// The requesting session itself: the customer has logged out.
    case endedThis
    /// No session of this account has this name; another account's counts as none (attack 87).
    case missing
  }

  /// «Kijelentkeztetés», beside one session.
  package func end(
    _ name: String, of account: Account, in token: Token
  ) async throws -> EndOutcome {
    let now = world.now()
    return try await world.store.write { transaction in
      guard
        let session = try transaction.sessions.all(of: account.id).first(where: { $0.name == name })
      else { return .missing }
      if try transaction.sessions.end(hash: session.tokenHash, at: now) {
        let kind: AuditEvent.Kind = session.tokenHash == token.hash ? .loggedOut : .sessionEnded
        try transaction.record(
          AuditEvent(
            kind: kind, detail: kind.tellsDevice ? session.device.detail : nil,
            customer: account.customer, account: account.id),
          at: now)
      }
      return session.tokenHash == token.hash ? .endedThis : .ended
    }
  }

  /// «Kijelentkeztetés a többi eszközön».
  package func endOthers(of account: Account, in token: Token) async throws {
    try await end(.otherSessionsEnded, of: account, sparing: token)
  }

  /// «Kijelentkezés mindenhonnan».
  package func endAll(of account: Account) async throws {
    try await end(.allSessionsEnded, of: account, sparing: nil)
  }

  private func end(
    _ kind: AuditEvent.Kind, of account: Account, sparing token: Token?
  ) async throws {
    let now = world.now()
    try await world.store.write { transaction in
      // A login in progress has either opened its session already, or opens it after this.
      _ = try transaction.accounts.hold(account.id)
      let ended = try transaction.sessions.endAll(of: account.id, sparing: token, at: now)
      guard ended > 0 else { return }
      try transaction.record(
        AuditEvent(
          kind: kind, detail: String(ended), customer: account.customer, account: account.id),
        at: now)
    }
  }
}

/// What came before a session.
struct LoginHistory {
  let lastLogin: Devices.Login?
  let failures: Int
}

extension DeviceQueries {
  /// - Parameter token: of the requesting session; without it the newest login counts as the last
  func loginHistory(of account: Account.ID, in token: Token?, at now: Date) throws -> LoginHistory {
    let last = try login(of: account, before: now, orThatOf: token)
    return LoginHistory(
      lastLogin: last.map { Devices.Login(at: $0.at, device: $0.device) },
      failures: try failedLogins(of: account, since: last?.at))
  }
}

extension Device {
  /// For the audit trail, which leaves out what is unknown.
  var detail: String? { self == .unknown ? nil : code }
}
