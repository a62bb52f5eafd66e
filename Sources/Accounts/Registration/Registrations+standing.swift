package import Domain
package import FoundationEssentials
internal import Persistence

extension Registrations {
  /// Where a registration stands, and what its page has to show.
  package struct Standing: Sendable {
    package let caseNumber: CaseNumber
    /// Whose it is, once the pair has matched; shown to nobody.
    package let customer: CustomerNumber?
    /// Until the registration expires.
    package let secondsLeft: Int
    package let expiresAt: Date
    /// Whether asking for more time gives any.
    package let mayBeExtended: Bool
    /// Where the code by SMS goes, with its last two digits shown; empty without a number.
    package let maskedNumber: String
    package let step: Step

    package enum Step: Sendable {
      case identification
      case phone(SMSCodeStanding)
      /// The address in the register, and the one that was given before, if any.
      case email(onFile: EmailAddress?, given: Registration.Contact?)
      case password(email: EmailAddress, onFile: EmailAddress?, given: Registration.Contact)
      case finished(email: EmailAddress)
      case alreadyRegistered(email: EmailAddress)
      case stopped(Registration.Stop)
      case expired
    }
  }
}

extension Registrations {
  /// Where the browser's registration stands; only reads.
  package func standing(of token: Token) async throws -> Standing? {
    let now = world.now()
    return try await world.store.read(.oneStatement) { transaction in
      guard let view = try transaction.registrations.view(token) else { return nil }
      let registration = view.registration
      return Standing(
        caseNumber: registration.caseNumber, customer: registration.customer,
        secondsLeft: max(0, Int(registration.expiresAt.timeIntervalSince(now).rounded(.up))),
        expiresAt: registration.expiresAt,
        mayBeExtended: latestEnd(ofOneBegunAt: view.startedAt) > registration.expiresAt,
        maskedNumber: view.smsNumber?.masked ?? "", step: step(of: view, at: now))
    }
  }

  private func step(of view: RegistrationView, at now: Date) -> Standing.Step {
    let registration = view.registration
    switch registration.step {
    case .finished:
      guard let email = view.accountEmail else { return .expired }
      return .finished(email: email)
    case _ where registration.isExpired(at: now): return .expired
    case .identification: return .identification
    case .phone(_, let challenge):
      return .phone(
        SMSCodeStanding(
          challenge, sentTo: view.smsNumber, view.sms, at: now, limits: world.limits,
          mayBeSentAgain: registration.hasMessagesLeft(world.limits)))
    case .email: return .email(onFile: view.emailOnFile, given: nil)
    case .password(_, let contact):
      return .password(email: contact.email, onFile: view.emailOnFile, given: contact)
    case .alreadyRegistered:
      guard let email = view.accountEmail else { return .expired }
      return .alreadyRegistered(email: email)
    case .stopped(_, let stop): return .stopped(stop)
    }
  }
}
