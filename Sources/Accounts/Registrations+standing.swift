package import Domain
internal import FoundationEssentials
internal import Persistence

extension Registrations {
  /// Where a registration stands, with what its page has to show.
  package struct Standing: Sendable {
    package let caseNumber: CaseNumber
    /// Of the registration's life.
    package let secondsLeft: Int
    package let step: Step

    package enum Step: Sendable {
      case identification
      case phone(Phone)
      /// The address that the register knows, and the one that was given before, if any.
      case email(onFile: EmailAddress?, given: Registration.Contact?)
      case password(email: EmailAddress, onFile: EmailAddress?, given: Registration.Contact)
      case finished(email: EmailAddress)
      case alreadyRegistered(email: EmailAddress)
      case stopped(Registration.Stop)
      case expired
    }

    /// The page of the SMS code.
    package struct Phone: Sendable {
      package let maskedNumber: String
      package let codePrefix: String
      package let minutesLeft: Int
      package let triesLeft: Int
      package let isCodeExpired: Bool
      /// 0 when a new message may be asked for now.
      package let resendInSeconds: Int
      package let mark: SendingMark

      /// Whether a code can be typed at all, or only a new one asked for.
      package var isLive: Bool { !isCodeExpired && triesLeft > 0 }
    }
  }
}

extension Registrations {
  /// Where the browser's registration stands; reads only.
  package func standing(of token: Token) async throws -> Standing? {
    let now = world.now()
    return try await world.store.read { transaction in
      guard let registration = try transaction.registration(token, locking: false) else {
        return nil
      }
      return Standing(
        caseNumber: registration.caseNumber,
        secondsLeft: max(0, Int(registration.expiresAt.timeIntervalSince(now).rounded(.up))),
        step: try step(of: registration, in: transaction, at: now))
    }
  }

  private func step(
    of registration: Registration, in transaction: any Transaction, at now: Date
  ) throws -> Standing.Step {
    switch registration.step {
    case .finished(let customer):
      guard let account = try transaction.account(of: customer) else { return .expired }
      return .finished(email: account.email)
    case _ where registration.isExpired(at: now): return .expired
    case .identification: return .identification
    case .phone(let customer, let challenge):
      return .phone(
        Standing.Phone(
          challenge, sentTo: try transaction.customer(customer)?.smsNumber, at: now,
          limits: world.limits))
    case .email(let customer):
      return .email(onFile: try transaction.customer(customer)?.email, given: nil)
    case .password(let customer, let contact):
      return .password(
        email: contact.email, onFile: try transaction.customer(customer)?.email, given: contact)
    case .alreadyRegistered(let customer):
      guard let account = try transaction.account(of: customer) else { return .expired }
      return .alreadyRegistered(email: account.email)
    case .stopped(_, let stop): return .stopped(stop)
    }
  }
}

extension Registrations.Standing.Phone {
  fileprivate init(
    _ challenge: Challenge, sentTo number: PhoneNumber?, at now: Date, limits: Limits
  ) {
    let life = challenge.expiresAt.timeIntervalSince(now)
    self.init(
      maskedNumber: number?.masked ?? "", codePrefix: challenge.prefix,
      minutesLeft: max(0, Int((life / 60).rounded(.up))), triesLeft: challenge.triesLeft,
      isCodeExpired: life <= 0,
      resendInSeconds: challenge.secondsUntilResend(at: now, limits: limits),
      mark: SendingMark(challenge))
  }
}
