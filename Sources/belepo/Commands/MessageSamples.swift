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

  // MARK: A sample of each kind

  private func samples(of kind: Message.Kind, _ people: People) -> [Message] {
    switch kind {
    case .smsCode: [smsCode(people)]
    case .emailCode: [emailCode(people)]
    case .recoveryCode: [recoveryCode(people)]
    case .loginCode: [loginCode(people)]
    case .callerCode: [callerCode(people)]
    case .stepUpCode: [stepUpCode(people)]
    case .correspondenceCode: [addressCode(.correspondenceCode, people)]
    case .userNameCode: [addressCode(.userNameCode, people)]
    case .registered: [registered(people)]
    case .registeredAgain: [registeredAgain(people)]
    case .contract: [contract(people)]
    case .contractEnded: [correspondence.contractEnded(account: people.account, at: people.now)]
    case .emailTaken:
      [correspondence.emailTaken(owner: people.account, day: "2026-01-01", at: people.now)]
    case .passwordChanged: passwordChanged(people)
    case .loginNewDevice:
      [correspondence.loginFromNewDevice(people.device, to: people.account, at: people.now)]
    case .loginAfterFailures: [loginAfterFailures(people)]
    case .accountLocked: accountLocked(people)
    case .accountUnlocked:
      [correspondence.accountUnlocked(people.account, event: "1", at: people.now)]
    case .smsStepEnabled: [smsStepEnabled(people)]
    case .sessionsEnded:
      [correspondence.sessionsEnded(people.account, event: "1", at: people.now)]
    case .dataRequestDeclined: [dataRequestDeclined(people)]
    case .correspondenceChanged: correspondenceChanged(people)
    case .userNameChanged: userNameChanged(people)
    case .userNameUndo: [userNameUndo(people)]
    case .userNameRestored: [userNameRestored(people)]
    }
  }

  // MARK: Codes

  private func smsCode(_ people: People) -> Message {
    correspondence.smsCode(
      people.smsCode, to: people.number, sending: (registration: people.registration, number: 1),
      for: people.account.customer, in: people.language,
      expiring: people.expiry(settings.limits.smsCodeLifetimeSeconds), at: people.now)
  }

  private func emailCode(_ people: People) -> Message {
    correspondence.emailCode(
      people.emailCode, to: people.email, account: people.account.id, sending: "1",
      for: people.account.customer, in: people.language,
      expiring: people.expiry(settings.limits.emailCodeLifetimeSeconds), at: people.now)
  }

  private func recoveryCode(_ people: People) -> Message {
    correspondence.recoveryCode(
      people.emailCode, to: people.email, account: people.account.id, sending: "1",
      for: people.account.customer, in: people.language,
      expiring: people.expiry(settings.limits.recoveryLifetimeSeconds), at: people.now)
  }

  private func loginCode(_ people: People) -> Message {
    correspondence.loginCode(
      people.emailCode, to: people.email, account: people.account.id, sending: "1",
      for: people.account.customer, in: people.language,
      expiring: people.expiry(settings.limits.loginCodeLifetimeSeconds), at: people.now)
  }

  private func callerCode(_ people: People) -> Message {
    correspondence.callerCode(
      people.smsCode, to: people.number, opening: "1", for: people.account.customer,
      in: people.language,
      expiring: people.expiry(settings.limits.staff.callerCodeLifetimeSeconds))
  }

  private func stepUpCode(_ people: People) -> Message {
    correspondence.stepUpCode(
      people.smsCode, to: people.number, series: "step-up-code/1/1", sending: "1",
      for: people.account.customer, in: people.language,
      expiring: people.expiry(settings.limits.smsCodeLifetimeSeconds), at: people.now)
  }

  private func addressCode(_ kind: Message.Kind, _ people: People) -> Message {
    correspondence.addressCode(
      kind, people.emailCode, to: people.email, of: people.account, sending: "1",
      expiring: people.expiry(settings.limits.emailCodeLifetimeSeconds), at: people.now)
  }

  // MARK: Registration

  private func registered(_ people: People) -> Message {
    correspondence.registered(
      to: people.number, account: people.account.id, for: people.account.customer,
      in: people.language, at: people.now)
  }

  private func registeredAgain(_ people: People) -> Message {
    correspondence.registeredAgain(
      people.account, to: people.email, registration: people.registration, at: people.now)
  }

  private func contract(_ people: People) -> Message {
    correspondence.contract(
      brand.document(.contract, in: people.language).html, version: "", to: people.email,
      account: people.account.id, for: people.account.customer, in: people.language,
      at: people.now)
  }

  // MARK: Security

  private func passwordChanged(_ people: People) -> [Message] {
    [
      correspondence.passwordChanged(people.account, event: "1", at: people.now),
      correspondence.passwordChanged(
        people.account, by: people.number, event: "1", at: people.now),
    ]
  }

  private func loginAfterFailures(_ people: People) -> Message {
    correspondence.loginAfterFailures(
      4, with: people.device, to: people.account, at: people.now)
  }

  private func accountLocked(_ people: People) -> [Message] {
    AccountStanding.Lock.allCases.flatMap { lock in
      [
        correspondence.accountLocked(people.account, lock, event: lock.rawValue, at: people.now),
        correspondence.accountLocked(
          people.account, lock, by: people.number, event: lock.rawValue, at: people.now),
      ]
    }
  }

  private func smsStepEnabled(_ people: People) -> Message {
    correspondence.smsStepEnabled(
      to: people.number, of: people.account.customer, in: people.language, event: "1",
      at: people.now)
  }

  private func dataRequestDeclined(_ people: People) -> Message {
    correspondence.dataRequestDeclined(
      people.account,
      because: "A kért adatokat jogszabály szerint még két évig meg kell őriznünk.", event: "1",
      at: people.now)
  }

  // MARK: Addresses

  private func correspondenceChanged(_ people: People) -> [Message] {
    let (account, email, now) = (people.account, people.email, people.now)
    return [
      correspondence.correspondenceChanged(
        to: email, of: account, new: email, event: "1", at: now),
      correspondence.correspondenceChanged(
        to: email, of: account, new: nil, event: "2", at: now),
      correspondence.correspondenceChanged(to: people.number, of: account, event: "1", at: now),
    ]
  }

  private func userNameChanged(_ people: People) -> [Message] {
    let (account, email, now) = (people.account, people.email, people.now)
    return [
      correspondence.userNameChanged(to: email, of: account, new: email, event: "1", at: now),
      correspondence.userNameChanged(to: people.number, of: account, event: "1", at: now),
    ]
  }

  private func userNameUndo(_ people: People) -> Message {
    correspondence.userNameUndo(
      people.emailCode, of: people.account, new: people.email, event: "1",
      expiring: people.expiry(settings.limits.addressUndoSeconds), at: people.now)
  }

  private func userNameRestored(_ people: People) -> Message {
    correspondence.userNameRestored(
      to: people.email, of: people.account, event: "1", at: people.now)
  }

  // MARK: Showing

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
