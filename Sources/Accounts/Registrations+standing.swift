package import Domain
internal import FoundationEssentials
internal import Outbox
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

    /// What is known of the message with the code.
    package enum Arrival: Sendable {
      /// Sent, or about to be.
      case onItsWay
      /// No gateway has taken it yet; it is tried again.
      case delayed
      /// The network reported that the phone has it.
      case arrived
      /// The network reported that the phone will not get it.
      case undeliverable
      /// It could not be sent in time, or at all.
      case notSent
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
      package let arrival: Arrival

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
      guard let view = try transaction.registrationView(token) else { return nil }
      let registration = view.registration
      return Standing(
        caseNumber: registration.caseNumber,
        secondsLeft: max(0, Int(registration.expiresAt.timeIntervalSince(now).rounded(.up))),
        step: step(of: view, at: now))
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
        Standing.Phone(
          challenge, sentTo: view.smsNumber, arrival: Standing.Arrival(view.sms, at: now), at: now,
          limits: world.limits))
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

extension Registrations.Standing.Phone {
  fileprivate init(
    _ challenge: Challenge, sentTo number: PhoneNumber?, arrival: Registrations.Standing.Arrival,
    at now: Date, limits: Limits
  ) {
    let life = challenge.expiresAt.timeIntervalSince(now)
    self.init(
      maskedNumber: number?.masked ?? "", codePrefix: challenge.prefix,
      minutesLeft: max(0, Int((life / 60).rounded(.up))), triesLeft: challenge.triesLeft,
      isCodeExpired: life <= 0,
      resendInSeconds: challenge.secondsUntilResend(at: now, limits: limits),
      mark: SendingMark(challenge), arrival: arrival)
  }
}

extension Registrations.Standing.Arrival {
  /// A message that waits longer than this waits for a gateway that rests.
  private static let secondsUntilDelayed = 10.0

  fileprivate init(_ sms: SentSMS?, at now: Date) {
    // Retention has forgotten it, long after anybody waits.
    guard let sms else {
      self = .onItsWay
      return
    }
    switch sms.state {
    case .delivered: self = .arrived
    case .undeliverable: self = .undeliverable
    case .expired, .failed, .cancelled: self = .notSent
    case .queued, .leased:
      let isLate = now.timeIntervalSince(sms.queuedAt) >= Self.secondsUntilDelayed
      self = sms.hasProblem || isLate ? .delayed : .onItsWay
    case .sent: self = .onItsWay
    }
  }
}
