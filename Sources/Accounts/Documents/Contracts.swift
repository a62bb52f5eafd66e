internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// The portal's contract: the accepted text, its file, and how it ends.
package struct Contracts: Sendable {
  private let world: World
  private let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  /// A document as a file, the same with every download.
  package struct File: Hashable, Sendable {
    package let bytes: [UInt8]
    /// SHA-256 of the bytes.
    package let hash: [UInt8]

    package init(bytes: [UInt8]) {
      self.init(bytes: bytes, hash: sha256(bytes))
    }

    init(bytes: [UInt8], hash: [UInt8]) {
      self.bytes = bytes
      self.hash = hash
    }

    /// Whether the bytes are still those that were stored.
    var isSound: Bool { equalInConstantTime(sha256(bytes), hash) }
  }

  /// The contract as the customer accepted it last.
  package struct Accepted: Hashable, Sendable {
    package let entry: Declarations.Entry
    package let hasFile: Bool
  }

  package func accepted(by account: Account) async throws -> Accepted? {
    try await world.store.read { transaction in
      guard
        let entry = try transaction.declarations.newest(.contract, of: account.id, accepted: true)
      else { return nil }
      let file = try transaction.contracts.file(of: .contract, version: entry.text.version)
      return Accepted(entry: entry, hasFile: file != nil)
    }
  }

  /// The file of the accepted contract; a damaged one is not handed out.
  package func file(for account: Account) async throws -> File? {
    try await world.store.read { transaction in
      guard
        let entry = try transaction.declarations.newest(.contract, of: account.id, accepted: true)
      else { return nil }
      return try transaction.contracts.soundFile(of: .contract, version: entry.text.version)
    }
  }

  // MARK: The end

  package enum EndOutcome: Hashable, Sendable {
    case ended
    case wrongPassword
    case overloaded
    /// It had ended in another tab, or the password has been changed meanwhile.
    case outOfTurn
  }

  /// «Felmondom a szerződést»: the account ends, and with it every session.
  package func end(by account: Account, password: String) async throws -> EndOutcome {
    let hash: String
    switch try await PasswordGate(world: world, passwords: passwords)
      .check(password, of: account.id)
    {
    case .opened(let opened): hash = opened
    case .overloaded: return .overloaded
    case .wrong:
      try await world.store.write { [now = world.now()] transaction in
        try transaction.record(
          AuditEvent(
            kind: .contractEndRefused, customer: account.customer, account: account.id),
          at: now)
      }
      return .wrongPassword
    }
    let now = world.now()
    let outcome = try await world.store.write { transaction -> EndOutcome in
      guard try transaction.accounts.hold(account.id),
        // The present address, which another tab may have changed.
        let present = try transaction.accounts.credentials(of: account.id)?.account,
        try transaction.accounts.close(account.id, passwordHash: hash, at: now)
      else { return .outOfTurn }
      try transaction.sessions.endAll(of: account.id, at: now)
      try transaction.enqueue(
        world.correspondence.contractEnded(account: present, at: now), to: present, at: now)
      try transaction.handOvers.addEnd(of: present, at: now)
      try transaction.record(
        AuditEvent(kind: .contractEnded, customer: present.customer, account: present.id),
        at: now)
      return .ended
    }
    if outcome == .ended { world.dispatchSignal.send() }
    return outcome
  }
}

/// A stored file has been altered.
package struct DamagedFile: Error, CustomStringConvertible {
  let version: String

  package var description: String { "The file of contract \(version.prefix(12)) is damaged." }
}
