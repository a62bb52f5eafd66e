import Domain
import Foundation

/// A registration in a test's hands, with everything around it as it should be unless a test says
/// otherwise.
struct Attempt: Hashable {
  static let start = Date(timeIntervalSince1970: 1_775_462_400)

  var registration: Registration
  var smsStep: SMSStep
  var limits: Limits
  var now: Date
  /// The first byte of the next challenge, so that each can be told from the others.
  var nextNonce: UInt8 = 1

  init(limits: Limits = Limits(), smsStep: SMSStep = SMSStep(customer: .anna), at now: Date = start)
  {
    self.limits = limits
    self.smsStep = smsStep
    self.now = now
    registration = Registration(
      id: Registration.ID(rawValue: 1),
      caseNumber: CaseNumber(drawing: [UInt8](repeating: 7, count: 16)),
      expiresAt: now.addingTimeInterval(Double(limits.registrationLifetimeSeconds)),
      language: .hungarian)
  }

  mutating func wait(_ seconds: Double) {
    now = now.addingTimeInterval(seconds)
  }

  // MARK: Events

  mutating func identify(
    _ customer: CustomerNumber = .anna, recent: RecentMessages = .none
  ) -> Registration.Sending {
    registration.identify(
      customer, smsStep: smsStep, recent: recent, drawing: draw(), at: now, limits: limits)
  }

  mutating func resend(recent: RecentMessages = .none) -> Registration.Sending {
    registration.resendCode(
      smsStep: smsStep, recent: recent, drawing: draw(), at: now, limits: limits)
  }

  mutating func enterCode(right: Bool, isRegistered: Bool = false) -> Registration.SMSCodeOutcome {
    registration.enterCode(
      matches: right, smsStep: &smsStep, isRegistered: isRegistered, at: now, limits: limits)
  }

  mutating func repeatCode(right: Bool) -> Registration.SMSCodeOutcome {
    registration.repeatCode(matches: right, smsStep: &smsStep, at: now, limits: limits)
  }

  mutating func give(
    _ contact: Registration.Contact = .annas, isTaken: Bool = false
  ) -> Registration.ContactOutcome {
    registration.give(contact, isTaken: isTaken, at: now, limits: limits)
  }

  mutating func lostEmail() -> Registration.ContactOutcome {
    registration.lostEmail(limits: limits)
  }

  private mutating func draw() -> Challenge {
    defer { nextNonce += 1 }
    return Challenge(
      nonce: [UInt8](repeating: nextNonce, count: 32), prefix: "4",
      expiresAt: now.addingTimeInterval(Double(limits.smsCodeLifetimeSeconds)), sentAt: now,
      triesLeft: limits.smsTriesPerCode)
  }

  // MARK: What it has come to

  /// The first byte of the challenge that is being answered.
  var nonce: UInt8? {
    guard case .phone(_, let challenge) = registration.step else { return nil }
    return challenge.nonce.first
  }
}

/// Where a registration can be, and the shortest way there.
enum Place: CaseIterable {
  case identification, phone, email, password, finished, alreadyRegistered, disabled, takenEmails

  func attempt(limits: Limits = Limits()) -> Attempt {
    var attempt = Attempt(limits: limits)
    if self == .identification { return attempt }
    _ = attempt.identify()
    if self == .phone { return attempt }
    if self == .disabled {
      for _ in 1...limits.smsFailuresPerCustomer {
        if attempt.registration.tries == 0 {
          attempt.wait(60)
          _ = attempt.resend()
        }
        _ = attempt.enterCode(right: false)
      }
      return attempt
    }
    _ = attempt.enterCode(right: true, isRegistered: self == .alreadyRegistered)
    if self == .email || self == .alreadyRegistered { return attempt }
    if self == .takenEmails {
      for _ in 1...limits.takenEmailsPerRegistration { _ = attempt.give(isTaken: true) }
      return attempt
    }
    _ = attempt.give()
    if self == .password { return attempt }
    attempt.registration.finish()
    return attempt
  }
}

/// What can happen to a registration.
enum Event: CaseIterable {
  case identify, resend, rightCode, wrongCode, sameCodeAgain, give, giveTaken, completion, finish
  case wasOvertaken, lostEmail, lostCustomer

  /// The answer's name without its numbers; `nil` for an event that has none.
  func happen(to attempt: inout Attempt) -> String? {
    switch self {
    case .identify: Self.name(attempt.identify())
    case .resend: Self.name(attempt.resend())
    case .rightCode: Self.name(attempt.enterCode(right: true))
    case .wrongCode: Self.name(attempt.enterCode(right: false))
    case .sameCodeAgain: Self.name(attempt.repeatCode(right: true))
    case .give: Self.name(attempt.give())
    case .giveTaken: Self.name(attempt.give(isTaken: true))
    case .completion: Self.name(attempt.registration.completion(at: attempt.now))
    case .finish: Self.nothing(attempt.registration.finish())
    case .wasOvertaken: Self.nothing(attempt.registration.wasOvertaken())
    case .lostEmail: Self.name(attempt.lostEmail())
    case .lostCustomer: Self.nothing(attempt.registration.lostCustomer())
    }
  }

  static func name(_ outcome: some Any) -> String {
    String("\(outcome)".prefix { $0 != "(" })
  }

  private static func nothing(_: Void) -> String? { nil }
}

extension Registration {
  var tries: Int? {
    guard case .phone(_, let challenge) = step else { return nil }
    return challenge.triesLeft
  }
}

extension CustomerNumber {
  static let anna = CustomerNumber(known: "1234567")
  static let bela = CustomerNumber(known: "1234568")

  private init(known text: String) {
    guard let number = try? CustomerNumber(text) else { preconditionFailure("not a number") }
    self = number
  }
}

extension RecentMessages {
  static let none = RecentMessages(toRecipient: 0, forCustomer: 0)
}

extension Registration.Contact {
  static let annas = contact("anna@pelda.hu")
  static let others = contact("csalad@pelda.hu")

  private static func contact(_ address: String) -> Registration.Contact {
    guard let email = try? EmailAddress(address) else { preconditionFailure("not an address") }
    return Registration.Contact(
      email: email,
      declarations: DeclarationKind.allCases.map {
        Declaration(kind: $0, isAccepted: $0.isRequired, version: "1")
      })
  }
}
