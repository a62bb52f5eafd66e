package import Domain
package import FoundationEssentials
internal import Persistence

/// Takes a customer's request for a copy of their data, or to be forgotten (GDPR art. 15, 17).
///
/// Staff carry it out: people decide what the law requires us to keep.
package struct DataRights: Sendable {
  private let world: World
  private let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  package enum Kind: String, CaseIterable, Sendable {
    case copy
    case erasure
  }

  /// A request of the customer that is still open.
  package struct Request: Hashable, Sendable {
    package typealias ID = Identity<Request>

    package let kind: Kind
    package let askedAt: Date
    /// By when it will be answered.
    package let answerBy: Date

    package init(kind: Kind, askedAt: Date, answerBy: Date) {
      self.kind = kind
      self.askedAt = askedAt
      self.answerBy = answerBy
    }
  }

  package func open(of account: Account) async throws -> [Request] {
    let life = Double(world.limits.dataRequestAnswerSeconds)
    return try await world.store.read { transaction in
      try transaction.dataRequests.open(of: account.id).map { request in
        Request(
          kind: request.kind, askedAt: request.askedAt,
          answerBy: request.askedAt.addingTimeInterval(life))
      }
    }
  }

  package enum Outcome: Hashable, Sendable {
    /// Also for the second click: the request has been made.
    case asked
    case wrongPassword
    case overloaded
    /// The contract has ended meanwhile.
    case outOfTurn
  }

  /// «Másolatot kérek».
  package func askForCopy(_ account: Account) async throws -> Outcome {
    let now = world.now()
    return try await world.store.write { try ask(.copy, account, in: $0, at: now) }
  }

  /// «Kérem az adataim törlését», with the password: a stolen cookie must not be enough.
  package func askForErasure(_ account: Account, password: String) async throws -> Outcome {
    let gate = PasswordGate(world: world, passwords: passwords)
    let passage = try await gate.whileUnchanged(password, of: account.id) {
      try ask(.erasure, $1, in: $0, at: $2)
    }
    switch passage {
    case .done(let outcome): return outcome
    case .overloaded: return .overloaded
    case .wrong:
      try await world.store.write { [now = world.now()] transaction in
        try transaction.record(
          AuditEvent(
            kind: .dataRequestRefused, customer: account.customer, account: account.id),
          at: now)
      }
      return .wrongPassword
    }
  }

  private func ask(
    _ kind: Kind, _ account: Account, in transaction: any Transaction, at now: Date
  ) throws -> Outcome {
    guard try transaction.accounts.hold(account.id) else { return .outOfTurn }
    if try transaction.dataRequests.ask(kind, of: account.id, at: now) {
      try transaction.record(
        AuditEvent(
          kind: .dataRequested, detail: kind.rawValue, customer: account.customer,
          account: account.id),
        at: now)
    }
    return .asked
  }
}

extension DataRights {
  /// A request as staff sees it.
  package struct OpenRequest: Hashable, Sendable {
    package let id: Request.ID
    package let kind: Kind
    package let customer: String
    package let askedAt: Date
  }
}
