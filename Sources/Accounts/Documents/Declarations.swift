package import Domain
package import FoundationEssentials
internal import Outbox
internal import Persistence
internal import Wording

/// What a customer declared: view it, change an answer, accept a new version (D 6).
package struct Declarations: Sendable {
  private let world: World

  package init(world: World) {
    self.world = world
  }

  /// One line of the ledger, with the words that were answered.
  package struct Entry: Hashable, Sendable {
    package let kind: DeclarationKind
    package let isAccepted: Bool
    /// Where it was declared: `registration` or `portal`.
    package let channel: String
    package let declaredAt: Date
    package let text: DeclaredText

    package init(
      kind: DeclarationKind, isAccepted: Bool, channel: String, declaredAt: Date,
      text: DeclaredText
    ) {
      self.kind = kind
      self.isAccepted = isAccepted
      self.channel = channel
      self.declaredAt = declaredAt
      self.text = text
    }
  }

  /// The most lines of history that a page shows.
  package static let longestHistory = 100

  /// What was declared, the newest first.
  package func history(of account: Account) async throws -> [Entry] {
    try await world.store.read {
      try $0.declarations.all(of: account.id, atMost: Declarations.longestHistory)
    }
  }

  /// The last answer to each.
  package func standing(of account: Account) async throws -> [DeclarationKind: Entry] {
    try await world.store.read { transaction in
      var standing: [DeclarationKind: Entry] = [:]
      for kind in DeclarationKind.allCases {
        standing[kind] = try transaction.declarations.newest(kind, of: account.id)
      }
      return standing
    }
  }

  /// The text that a page in this language shows now.
  package func text(of kind: DeclarationKind, in language: Language) -> DeclaredText? {
    let texts = world.declaredTexts
    return texts.text(
      of: Declaration(
        kind: kind, isAccepted: true, version: texts.version(of: kind, in: language)))
  }

  package enum Outcome: Hashable, Sendable {
    case recorded
    /// The answer was given before, by the first of two clicks or on another page.
    case unchanged
    /// The page showed a text that has since been replaced.
    case textChanged
    /// A document cannot be withdrawn here; without a contract there is nothing to answer.
    case refused
  }

  /// «Visszavonom», «Hozzájárulok»: changes the answer to one of the voluntary declarations.
  package func answer(_ declaration: Declaration, of account: Account) async throws -> Outcome {
    guard !declaration.kind.isRequired else { return .refused }
    guard let text = world.declaredTexts.text(of: declaration) else { return .textChanged }
    let now = world.now()
    return try await world.store.write { transaction in
      guard try transaction.accounts.hold(account.id) else { return .refused }
      let before = try transaction.declarations.newest(declaration.kind, of: account.id)
      guard before?.isAccepted != declaration.isAccepted else { return .unchanged }
      try transaction.declarations.append(
        declaration, text, before: before?.isAccepted, of: account, at: now)
      try transaction.record(
        AuditEvent(
          kind: .declared,
          detail: "\(declaration.kind.rawValue) \(declaration.isAccepted ? "yes" : "no")",
          customer: account.customer, account: account.id),
        at: now)
      return .recorded
    }
  }

  // MARK: New versions

  /// The documents that have changed since the customer accepted them.
  package func outdated(for account: Account) async throws -> [DeclarationKind] {
    let accepted = try await world.store.read(.oneStatement) {
      try $0.declarations.acceptedVersions(of: account.id)
    }
    return outdated(accepted)
  }

  private func outdated(_ accepted: [DeclarationKind: String]) -> [DeclarationKind] {
    DeclarationKind.allCases.filter { kind in
      guard kind.isRequired else { return false }
      // Either language will do: both say the same.
      let answer = accepted[kind].map { Declaration(kind: kind, isAccepted: true, version: $0) }
      return answer.flatMap(world.declaredTexts.text(of:)) == nil
    }
  }

  /// «Elfogadom», below the new versions: every outdated document must be among them.
  package func accept(_ acceptances: [Declaration], by account: Account) async throws -> Outcome {
    let now = world.now()
    let outcome = try await world.store.write { transaction -> Outcome in
      guard try transaction.accounts.hold(account.id) else { return .refused }
      let outdated = outdated(try transaction.declarations.acceptedVersions(of: account.id))
      guard !outdated.isEmpty else { return .unchanged }
      for kind in outdated {
        guard let acceptance = acceptances.first(where: { $0.kind == kind && $0.isAccepted }),
          let text = world.declaredTexts.text(of: acceptance)
        else { return .textChanged }
        try transaction.declarations.append(acceptance, text, before: true, of: account, at: now)
        if kind == .contract { try send(text, to: account, in: transaction, at: now) }
      }
      try transaction.record(
        AuditEvent(
          kind: .documentsAccepted, detail: outdated.map(\.rawValue).joined(separator: " "),
          customer: account.customer, account: account.id),
        at: now)
      return .recorded
    }
    if outcome == .recorded { world.dispatchSignal.send() }
    return outcome
  }

  private func send(
    _ contract: DeclaredText, to account: Account, in transaction: any Transaction, at now: Date
  ) throws {
    try transaction.enqueue(
      world.correspondence.contract(
        contract.text, version: contract.version, to: account.email, account: account.id,
        again: contract.version, for: account.customer, in: contract.language, at: now),
      to: account, at: now)
  }
}

extension DeclarationQueries {
  /// Writes one answer to the ledger, its text first.
  fileprivate func append(
    _ declaration: Declaration, _ text: DeclaredText, before: Bool?, of account: Account,
    at now: Date
  ) throws {
    try keep(text, of: declaration.kind)
    try declareInPortal(declaration, account: account.id, at: now)
    try transaction.handOvers.add(declaration, before: before, of: account, at: now)
  }
}
