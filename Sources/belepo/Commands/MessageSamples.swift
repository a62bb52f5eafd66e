internal import Domain
internal import Foundation
internal import Letters
internal import Outbox
internal import Wording

/// Every kind of message with made-up values, for an operator who writes or tries them.
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

  /// One message of each kind.
  func messages(in language: Language) throws -> [Message] {
    let now = Date(timeIntervalSince1970: 1_780_000_000)
    let limits = settings.limits
    let number = try PhoneNumber("+36301234567")
    let email = try EmailAddress("anna.kovacs@example.com")
    let customer = try CustomerNumber("A1B2C34")
    guard let smsCode = VerificationCode("482135", alphabet: .digits),
      let emailCode = VerificationCode("K7M2XQ", alphabet: .unambiguous)
    else { throw Failure("A made-up code is none.") }
    let account = Account(
      id: 1, customer: customer, email: email, emailConfirmedAt: now, language: language)
    return [
      correspondence.smsCode(
        smsCode, to: number, sending: (registration: 1, number: 1), for: customer, in: language,
        expiring: now.addingTimeInterval(Double(limits.smsCodeLifetimeSeconds)), at: now),
      correspondence.registered(
        to: number, account: 1, for: customer, in: language, at: now),
      correspondence.emailCode(
        emailCode, to: email, account: 1, sending: "1", for: customer, in: language,
        expiring: now.addingTimeInterval(Double(limits.emailCodeLifetimeSeconds)), at: now),
      correspondence.contract(
        brand.document(.contract, in: language), version: "", to: email, account: 1,
        for: customer, in: language, at: now),
      correspondence.emailTaken(owner: account, day: "2026-01-01", at: now),
      correspondence.recoveryCode(
        emailCode, to: email, account: 1, sending: "1", for: customer, in: language,
        expiring: now.addingTimeInterval(Double(limits.recoveryLifetimeSeconds)), at: now),
      correspondence.passwordChanged(account, event: "1", at: now),
      correspondence.passwordChanged(account, by: number, event: "1", at: now),
      correspondence.registeredAgain(account, to: email, registration: 2, at: now),
      correspondence.contractEnded(account: account, at: now),
    ] + addressMessages(emailCode, to: number, account, at: now)
  }

  private func addressMessages(
    _ code: VerificationCode, to number: PhoneNumber, _ account: Account, at now: Date
  ) -> [Message] {
    let email = account.email
    func expiry(_ seconds: Int) -> Date { now.addingTimeInterval(Double(seconds)) }
    let limits = settings.limits
    return [Message.Kind.correspondenceCode, .userNameCode].map { kind in
      correspondence.addressCode(
        kind, code, to: email, of: account, sending: "1",
        expiring: expiry(limits.emailCodeLifetimeSeconds), at: now)
    } + [
      correspondence.correspondenceChanged(
        to: email, of: account, new: email, event: "1", at: now),
      correspondence.correspondenceChanged(to: email, of: account, new: nil, event: "2", at: now),
      correspondence.correspondenceChanged(to: number, of: account, event: "1", at: now),
      correspondence.userNameChanged(to: email, of: account, new: email, event: "1", at: now),
      correspondence.userNameChanged(to: number, of: account, event: "1", at: now),
      correspondence.userNameUndo(
        code, of: account, new: email, event: "1", expiring: expiry(limits.addressUndoSeconds),
        at: now),
      correspondence.userNameRestored(to: email, of: account, event: "1", at: now),
    ]
  }

  /// SMS that are paid for more than once, a sentence each.
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
        letters.plainText(
          message.text, language: message.language, portal: settings.publicURL.absoluteString),
      ]
    }
    return lines.joined(separator: "\n") + "\n\n"
  }

  func html(of message: Message, by letters: Letters) throws -> String {
    try letters.html(
      subject: message.subject, text: message.text, language: message.language,
      portal: settings.publicURL.absoluteString)
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
      id: 0, key: "test/\(Int(now.timeIntervalSince1970 * 1000))", kind: .registered,
      recipient: address, language: language,
      subject: isEmail ? texts["message.test.subject"] : "",
      text: isEmail || settings.smsAlphabet == .ucs2 ? sentence : GSM7.transliterate(sentence),
      notAfter: now.addingTimeInterval(600))
  }
}
