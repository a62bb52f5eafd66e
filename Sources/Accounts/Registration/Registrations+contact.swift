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
      guard var registration = try transaction.registrations.registration(token, locking: true)
      else {
        return .unknown
      }
      // The contract is accepted in this language, and all letters use it from now on.
      registration.language = world.declaredTexts.language(of: contact) ?? registration.language
      var owner: Account?
      var isTaken = false
      if let customer = registration.customer,
        try !transaction.accounts.isNew(customer, contact.email, at: now)
      {
        if try isOvertaken(&registration, in: transaction) { return .of(.outOfTurn) }
        (owner, isTaken) = try TakenAddresses(world: world).owner(
          of: contact.email, for: customer, in: transaction, at: now)
      }
      let outcome = registration.give(contact, isTaken: isTaken, at: now, limits: limits)
      try transaction.registrations.save(registration)
      switch outcome {
      case .accepted:
        try keepTexts(of: contact.declarations, in: transaction)
        try transaction.registrations.replaceDeclarations(of: registration)
        try transaction.record(
          AuditEvent(
            kind: .contactGiven, customer: registration.customer, registration: registration.id),
          at: now)
      case .emailTaken, .stopped:
        if let owner {
          try TakenAddresses(world: world).tell(
            owner, triedBy: registration.customer, of: registration, in: transaction, at: now)
        }
      case .expired, .outOfTurn: break
      }
      return .of(outcome)
    }
    if case .of(.emailTaken) = outcome { world.dispatchSignal.send() }
    return outcome
  }

  /// Whether the customer now has an account that stops the registration (D 4).
  private func isOvertaken(
    _ registration: inout Registration, in transaction: any Transaction
  ) throws -> Bool {
    guard registration.isProven, let customer = registration.customer,
      let existing = try transaction.accounts.existing(of: customer, locking: false),
      existing.stops(registrationOf: registration.proof?.sentAt)
    else { return false }
    registration.wasOvertaken()
    try transaction.registrations.save(registration)
    return true
  }

  /// Stores the exact texts that were answered, before anybody can change them (D 6).
  private func keepTexts(
    of declarations: [Declaration], in transaction: any Transaction
  ) throws {
    let unknown = declarations.filter { !world.keptTexts.contain($0) }
    let kept = try transaction.declarations.withText(among: unknown)
    world.keptTexts.add(kept)
    for declaration in unknown where !kept.contains(declaration) {
      guard let text = world.declaredTexts.text(of: declaration) else {
        throw MissingRow("text of \(declaration.kind.rawValue)")
      }
      try transaction.declarations.keep(text, of: declaration.kind)
    }
  }
}
