import Domain
import Foundation
import Outbox
import TestSupport
import Testing
import Wording

/// The words that leave the house.
struct CorrespondenceTests {
  /// Forty characters, longer than any insurer's we know.
  static let longHost = "regisztracio.ugyfelportal.biztosito.exam"

  let brand: Brand
  let now = ManualClock.morning
  let customer: CustomerNumber
  let number: PhoneNumber
  let email: EmailAddress

  init() throws {
    brand = try Props.brand.get()
    customer = try CustomerNumber("1234567")
    number = try PhoneNumber("06 30 123 4567")
    email = try EmailAddress("Anna@pelda.hu")
  }

  private func correspondence(host: String = "portal.pelda.example") -> Correspondence {
    Correspondence(brand: brand, host: host)
  }

  private func smsCode(
    _ code: String, _ alphabet: CodeAlphabet, in language: Language, host: String,
    living seconds: Double = 600
  ) throws -> Message {
    correspondence(host: host).smsCode(
      try #require(VerificationCode(code, alphabet: alphabet)), to: number,
      sending: (registration: 1, number: 1), for: customer, in: language,
      expiring: now.addingTimeInterval(seconds), at: now)
  }

  private func words(_ text: String) -> [String] {
    text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  static let codes: [(String, CodeAlphabet)] = [
    ("123456", .digits), ("000000", .digits), ("555555", .digits), ("105105", .digits),
    ("K7M2XQ", .unambiguous), ("WWWWW9", .unambiguous),
  ]

  // MARK: The code by SMS

  @Test(arguments: Language.allCases, codes)
  func `a code's SMS is one segment, whatever the host`(
    language: Language, code: (String, CodeAlphabet)
  ) throws {
    #expect(Self.longHost.utf8.count == 40)
    let message = try smsCode(code.0, code.1, in: language, host: Self.longHost)
    let septets = try #require(GSM7.septets(of: message.text))
    #expect(septets <= GSM7.septetsOfOne)
  }

  @Test(arguments: Language.allCases, [20, 26, 40])
  func `phones read the code out of 140 characters`(language: Language, length: Int) throws {
    let host = String(Self.longHost.prefix(length))
    let message = try smsCode("123456", .digits, in: language, host: host)
    #expect(message.text.unicodeScalars.count <= 140)
  }

  @Test(arguments: Language.allCases, codes)
  func `the whole code stands in its SMS once, as a word`(
    language: Language, code: (String, CodeAlphabet)
  ) throws {
    let message = try smsCode(code.0, code.1, in: language, host: Self.longHost)
    #expect(words(message.text).count { $0 == code.0 } == 1)
    #expect(message.text.components(separatedBy: code.0).count == 2)
  }

  @Test(arguments: Language.allCases, codes)
  func `the last line is bound to the origin and holds what is to be typed`(
    language: Language, code: (String, CodeAlphabet)
  ) throws {
    let message = try smsCode(code.0, code.1, in: language, host: "portal.pelda.example")
    let lines = message.text.components(separatedBy: "\n")
    #expect(lines.last == "@portal.pelda.example #\(code.0.dropFirst())")
    #expect(lines.dropLast().last?.isEmpty == true)
  }

  @Test(arguments: [(600.0, "10"), (599, "9"), (330, "5"), (60, "1"), (59, "1"), (0, "1")])
  func `the SMS promises no more minutes than there are`(life: Double, minutes: String) throws {
    let message = try smsCode(
      "888888", .digits, in: .hungarian, host: "portal.pelda.example", living: life)
    #expect(words(message.text).contains(minutes))
  }

  @Test func `a code's SMS is not sent in the last half minute of its life`() throws {
    let message = try smsCode("123456", .digits, in: .hungarian, host: "portal.pelda.example")
    #expect(message.notAfter == now.addingTimeInterval(570))
  }

  @Test func `a code's SMS goes to the number on file`() throws {
    let message = try smsCode("123456", .digits, in: .hungarian, host: "portal.pelda.example")
    #expect(message.recipient == "+36301234567")
    #expect(message.channel == .sms)
    #expect(message.key == "sms-code/1/1")
    #expect(message.customer == customer)
  }

  // MARK: The other messages

  @Test(arguments: Language.allCases)
  func `the SMS about the new account is one segment and has the phone number`(
    language: Language
  ) throws {
    let message = correspondence().registered(
      to: number, account: 7, for: customer, in: language, at: now)
    #expect(try #require(GSM7.septets(of: message.text)) <= GSM7.septetsOfOne)
    #expect(message.text.contains("06-40-421-421"))
    #expect(message.key == "registered/7")
    #expect(message.recipient == "+36301234567")
  }

  @Test(arguments: Language.allCases)
  func `the whole code stands in its e-mail once, as a word`(language: Language) throws {
    let code = try #require(VerificationCode("K7M2XQ", alphabet: .unambiguous))
    let message = correspondence().emailCode(
      code, to: email, account: 7, sending: "ab", for: customer, in: language,
      expiring: now.addingTimeInterval(86_400), at: now)
    #expect(message.text.contains(language == .hungarian ? "-ig érvényes." : "is valid until "))
    #expect(words(message.text).count { $0 == "K7M2XQ" } == 1)
    #expect(!message.subject.contains("K7M2XQ"))
    #expect(message.recipient == "Anna@pelda.hu")
    #expect(message.notAfter == now.addingTimeInterval(86_400))
  }

  @Test(arguments: Language.allCases)
  func `the accepted contract is sent word for word`(language: Language) throws {
    let document = brand.document(.contract, in: language)
    let message = correspondence().contract(
      document.html, version: "v1", to: email, account: 7, for: customer, in: language, at: now)
    #expect(message.text.contains(document.plainText))
    #expect(!message.text.contains("<"))
    #expect(message.key == "contract/7")
    #expect(message.contractVersion == "v1")
  }

  @Test(arguments: Language.allCases)
  func `the owner of a taken address is told in the owner's language, once a day`(
    language: Language
  ) throws {
    let owner = Account(
      id: 7, customer: customer, email: email, emailConfirmedAt: nil, language: language)
    let message = correspondence().emailTaken(owner: owner, day: "20549", at: now)
    #expect(message.key == "email-taken/7/20549")
    #expect(message.language == language)
    #expect(message.recipient == "Anna@pelda.hu")
  }

  @Test(arguments: Language.allCases)
  func `no message has a place that was not filled or a sentence that is missing`(
    language: Language
  ) throws {
    let code = try #require(VerificationCode("K7M2XQ", alphabet: .unambiguous))
    let office = correspondence()
    let owner = Account(
      id: 7, customer: customer, email: email, emailConfirmedAt: nil, language: language)
    let messages = [
      try smsCode("123456", .digits, in: language, host: "portal.pelda.example"),
      office.registered(to: number, account: 7, for: customer, in: language, at: now),
      office.emailCode(
        code, to: email, account: 7, sending: "ab", for: customer, in: language, expiring: now,
        at: now),
      office.contract(
        brand.document(.contract, in: language).html, version: "v1", to: email, account: 7,
        for: customer, in: language, at: now),
      office.emailTaken(owner: owner, day: "1", at: now),
    ]
    for message in messages {
      #expect(Texts.placeholders(in: message.subject + message.text).isEmpty)
      #expect(!message.text.hasPrefix("sms.") && !message.text.hasPrefix("mail."))
      #expect(message.channel == .sms || !message.subject.isEmpty)
      #expect(!message.subject.contains("\n"))
    }
  }
}
