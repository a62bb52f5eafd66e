internal import Domain
internal import Foundation
internal import Letters
internal import Outbox
internal import Wording

/// Every kind of message with made-up values, for an operator who writes or tries out messages.
struct MessageSamples {
  let brand: Brand
  private let settings: Settings
  private let correspondence: Correspondence

  init(_ settings: Settings, brand: Brand) {
    self.settings = settings
    self.brand = brand
    correspondence = Correspondence(
      brand: brand, host: settings.publicURL.host ?? "localhost",
      base: settings.publicURL.absoluteString, alphabet: settings.smsAlphabet)
  }

  /// Messages of every kind: a new one does not compile without a sample.
  func messages(in language: Language) throws -> [Message] {
    let people = try People(language)
    return Message.Kind.allCases.flatMap { samples(of: $0, people) }
  }

  /// Whom the samples are about, and what is in them.
  private struct People {
    let now = Date(timeIntervalSince1970: 1_780_000_000)
    let language: Language
    let account: Account
    let number: PhoneNumber
    let email: EmailAddress
    let registration = Registration.ID(rawValue: 1)
    let smsCode: VerificationCode
    let emailCode: VerificationCode
    let device = Device(browser: .firefox, system: .windows)

    init(_ language: Language) throws {
      guard let smsCode = VerificationCode("482135", alphabet: .digits),
        let emailCode = VerificationCode("K7M2XQ", alphabet: .unambiguous)
      else { throw Failure("A made-up code is none.") }
      (self.language, self.smsCode, self.emailCode) = (language, smsCode, emailCode)
      number = try PhoneNumber("+36301234567")
      email = try EmailAddress("anna.kovacs@example.com")
      account = Account(
        id: Account.ID(rawValue: 1), customer: try CustomerNumber("A1B2C34"), email: email,
        emailConfirmedAt: now, language: language)
    }

    func expiry(_ seconds: Int) -> Date { now.addingTimeInterval(Double(seconds)) }
  }

  private func samples(of kind: Message.Kind, _ people: People) -> [Message] {
    switch kind {
    case .smsCode, .emailCode, .recoveryCode, .loginCode, .correspondenceCode, .userNameCode,
      .callerCode, .stepUpCode:
      [code(kind, people)]
    case .registered, .registeredAgain, .contract, .contractEnded, .emailTaken:
      registrationSamples(of: kind, people)
    case .passwordChanged, .loginNewDevice, .loginAfterFailures, .accountLocked,
      .accountUnlocked, .smsStepEnabled, .sessionsEnded, .dataRequestDeclined:
      securitySamples(of: kind, people)
    case .correspondenceChanged, .userNameChanged, .userNameUndo, .userNameRestored:
      addressSamples(of: kind, people)
    }
  }

  private func code(_ kind: Message.Kind, _ people: People) -> Message {
    let (account, now, limits) = (people.account, people.now, settings.limits)
    return switch kind {
    case .smsCode:
      correspondence.smsCode(
        people.smsCode, to: people.number, sending: (registration: people.registration, number: 1),
        for: account.customer, in: people.language,
        expiring: people.expiry(limits.smsCodeLifetimeSeconds), at: now)
    case .recoveryCode:
      correspondence.recoveryCode(
        people.emailCode, to: people.email, account: account.id, sending: "1",
        for: account.customer, in: people.language,
        expiring: people.expiry(limits.recoveryLifetimeSeconds), at: now)
    case .callerCode:
      correspondence.callerCode(
        people.smsCode, to: people.number, opening: "1", for: account.customer,
        in: people.language, expiring: people.expiry(limits.staff.callerCodeLifetimeSeconds))
    case .stepUpCode:
      correspondence.stepUpCode(
        people.smsCode, to: people.number, series: "step-up-code/1/1", sending: "1",
        for: account.customer, in: people.language,
        expiring: people.expiry(limits.smsCodeLifetimeSeconds), at: now)
    case .loginCode:
      correspondence.loginCode(
        people.emailCode, to: people.email, account: account.id, sending: "1",
        for: account.customer, in: people.language,
        expiring: people.expiry(limits.loginCodeLifetimeSeconds), at: now)
    case .correspondenceCode, .userNameCode:
      correspondence.addressCode(
        kind, people.emailCode, to: people.email, of: account, sending: "1",
        expiring: people.expiry(limits.emailCodeLifetimeSeconds), at: now)
    default:
      correspondence.emailCode(
        people.emailCode, to: people.email, account: account.id, sending: "1",
        for: account.customer, in: people.language,
        expiring: people.expiry(limits.emailCodeLifetimeSeconds), at: now)
    }
  }

  private func registrationSamples(of kind: Message.Kind, _ people: People) -> [Message] {
    let (account, now) = (people.account, people.now)
    return switch kind {
    case .registered:
      [
        correspondence.registered(
          to: people.number, account: account.id, for: account.customer, in: people.language,
          at: now)
      ]
    case .registeredAgain:
      [
        correspondence.registeredAgain(
          account, to: people.email, registration: people.registration, at: now)
      ]
    case .contract:
      [
        correspondence.contract(
          brand.document(.contract, in: people.language).html, version: "", to: people.email,
          account: account.id, for: account.customer, in: people.language, at: now)
      ]
    case .contractEnded: [correspondence.contractEnded(account: account, at: now)]
    default: [correspondence.emailTaken(owner: account, day: "2026-01-01", at: now)]
    }
  }

  private func securitySamples(of kind: Message.Kind, _ people: People) -> [Message] {
    let (account, now) = (people.account, people.now)
    return switch kind {
    case .passwordChanged:
      [
        correspondence.passwordChanged(account, event: "1", at: now),
        correspondence.passwordChanged(account, by: people.number, event: "1", at: now),
      ]
    case .loginNewDevice:
      [correspondence.loginFromNewDevice(people.device, to: account, at: now)]
    case .loginAfterFailures:
      [correspondence.loginAfterFailures(4, with: people.device, to: account, at: now)]
    case .accountLocked:
      AccountStanding.Lock.allCases.flatMap { lock in
        [
          correspondence.accountLocked(account, lock, event: lock.rawValue, at: now),
          correspondence.accountLocked(
            account, lock, by: people.number, event: lock.rawValue, at: now),
        ]
      }
    case .smsStepEnabled:
      [
        correspondence.smsStepEnabled(
          to: people.number, of: account.customer, in: people.language, event: "1", at: now)
      ]
    case .sessionsEnded: [correspondence.sessionsEnded(account, event: "1", at: now)]
    case .dataRequestDeclined:
      [
        correspondence.dataRequestDeclined(
          account, because: "A kért adatokat jogszabály szerint még két évig meg kell őriznünk.",
          event: "1", at: now)
      ]
    default: [correspondence.accountUnlocked(account, event: "1", at: now)]
    }
  }

  private func addressSamples(of kind: Message.Kind, _ people: People) -> [Message] {
    let (account, email, now) = (people.account, people.email, people.now)
    return switch kind {
    case .correspondenceChanged:
      [
        correspondence.correspondenceChanged(
          to: email, of: account, new: email, event: "1", at: now),
        correspondence.correspondenceChanged(
          to: email, of: account, new: nil, event: "2", at: now),
        correspondence.correspondenceChanged(to: people.number, of: account, event: "1", at: now),
      ]
    case .userNameChanged:
      [
        correspondence.userNameChanged(to: email, of: account, new: email, event: "1", at: now),
        correspondence.userNameChanged(to: people.number, of: account, event: "1", at: now),
      ]
    case .userNameUndo:
      [
        correspondence.userNameUndo(
          people.emailCode, of: account, new: email, event: "1",
          expiring: people.expiry(settings.limits.addressUndoSeconds), at: now)
      ]
    default: [correspondence.userNameRestored(to: email, of: account, event: "1", at: now)]
    }
  }

  /// SMS that cost more than one message, a sentence each.
  func longTexts() throws -> [String] {
    try Language.allCases.flatMap { try messages(in: $0) }
      .filter { $0.channel == .sms && !SMSText($0.text).isOneSegment }
      .map { message in
        "The SMS \(message.kind.rawValue) in \(message.language.rawValue) takes "
          + "\(SMSText(message.text).segments) messages: shorten its sentence in the brand folder."
      }
  }

  func text(of message: Message, by letters: Letters) -> String {
    var lines = ["== \(message.kind.rawValue), \(message.language.rawValue)"]
    switch message.channel {
    case .sms:
      let sms = SMSText(message.text)
      lines.append(
        "\(sms.encoding.rawValue), \(sms.units) units, "
          + (sms.isOneSegment ? "one message" : "\(sms.segments) messages: shorten it"))
      lines += ["", message.text]
    case .email:
      lines += [
        "\(message.subject)", "",
        letters.plainText(message.text, language: message.language),
      ]
    }
    return lines.joined(separator: "\n") + "\n\n"
  }

  /// The HTML as a browser can show it: the logo, which comes along as a part, stands in it.
  func html(of message: Message, by letters: Letters) -> String {
    let html = letters.html(
      subject: message.subject, text: message.text, language: message.language)
    guard let logo = letters.logo else { return html }
    return html.replacing(
      "cid:\(logo.contentID)",
      with: "data:image/png;base64,\(Data(logo.bytes).base64EncodedString())")
  }

  /// A message that says that it is a test.
  func test(to recipient: String, in language: Language, at now: Date) throws -> Gateway.Delivery {
    let texts = brand.texts(in: language)
    let isEmail = recipient.contains("@")
    let address: String
    if isEmail {
      guard let email = try? EmailAddress(recipient) else {
        throw Failure("--to is no e-mail address.", .badData)
      }
      address = email.address
    } else {
      guard let number = try? PhoneNumber(recipient) else {
        throw Failure("--to is no telephone number.", .badData)
      }
      address = number.e164
    }
    let sentence = texts["message.test"]
    return Gateway.Delivery(
      id: Message.ID(rawValue: 0), key: "test/\(Int(now.timeIntervalSince1970 * 1000))",
      kind: .registered,
      recipient: address, language: language,
      subject: isEmail ? texts["message.test.subject"] : "",
      text: isEmail || settings.smsAlphabet == .ucs2 ? sentence : GSM7.transliterate(sentence),
      notAfter: now.addingTimeInterval(600))
  }
}
