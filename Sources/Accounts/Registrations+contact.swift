package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// The e-mail address and the declarations (J5).
extension Registrations {
  package enum ContactOutcome: Hashable, Sendable {
    case of(Registration.ContactOutcome)
    case unknown
  }

  /// «Tovább», below the address and the declarations.
  package func give(
    _ contact: Registration.Contact, in token: Token
  ) async throws -> ContactOutcome {
    let now = world.now()
    let outcome = try await world.store.write { transaction -> ContactOutcome in
      guard var registration = try transaction.registration(token, locking: true) else {
        return .unknown
      }
      // The contract that is accepted is in this language, and so are all letters from now on.
      registration.language = world.declaredTexts.language(of: contact) ?? registration.language
      if try isOvertaken(&registration, in: transaction) { return .of(.outOfTurn) }
      let owner = try transaction.account(named: contact.email)
      // The address of one's own account that was never confirmed is nobody else's (D 4).
      let isTaken = owner.map { $0.customer != registration.customer } ?? false
      let outcome = registration.give(contact, isTaken: isTaken, at: now, limits: limits)
      try transaction.save(registration)
      switch outcome {
      case .accepted:
        try keepTexts(of: contact.declarations, in: transaction)
        try transaction.replaceDeclarations(of: registration)
        try transaction.record(
          AuditEvent(
            kind: .contactGiven, customer: registration.customer, registration: registration.id),
          at: now)
      case .emailTaken, .stopped:
        if let owner {
          try transaction.tell(
            owner, triedBy: registration.customer, in: registration, world.correspondence, at: now)
        }
      case .expired, .outOfTurn: break
      }
      return .of(outcome)
    }
    if case .of(.emailTaken) = outcome { world.doorbell.ring() }
    return outcome
  }

  /// Whether the customer has an account by now that stops the registration (D 4).
  private func isOvertaken(
    _ registration: inout Registration, in transaction: any Transaction
  ) throws -> Bool {
    guard registration.isProven, let customer = registration.customer,
      let existing = try transaction.existingAccount(of: customer, locking: false),
      existing.stops(registrationOf: registration.proof?.sentAt)
    else { return false }
    registration.wasOvertaken()
    try transaction.save(registration)
    return true
  }

  /// Keeps the very words that were answered, before anybody can change them (D 6).
  private func keepTexts(
    of declarations: [Declaration], in transaction: any Transaction
  ) throws {
    let kept = try transaction.declarationsWithText(among: declarations)
    for declaration in declarations where !kept.contains(declaration) {
      guard let text = world.declaredTexts.text(of: declaration) else {
        throw MissingRow("text of \(declaration.kind.rawValue)")
      }
      try transaction.keep(text, of: declaration.kind)
    }
  }
}
