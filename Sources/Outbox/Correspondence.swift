package import Domain
package import FoundationEssentials
package import Wording

/// Turns a decision into the message that tells it, in the customer's language.
package struct Correspondence: Sendable {
  private let brand: Brand
  /// The host of the public URL, for the last line of a code message.
  private let host: String
  /// The public URL without a slash at its end: the one base of every link (R7).
  let base: String
  private let alphabet: SMSAlphabet

  /// The letters of an SMS.
  package enum SMSAlphabet: String, CaseIterable, Sendable {
    /// 160 letters in one message; what is not among them is written with its nearest.
    case gsm7
    /// All letters, 70 in one message; the texts are the shorter ones.
    case ucs2
  }

  /// - Parameter base: the public URL; without it, that of the host
  package init(
    brand: Brand, host: String, base: String? = nil, alphabet: SMSAlphabet = .gsm7
  ) {
    self.brand = brand
    self.host = host
    let base = base ?? "https://\(host)"
    self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    self.alphabet = alphabet
  }

  /// How long a notice is of use that nobody waits for.
  static let noticeSeconds = 3.0 * 24 * 60 * 60
  /// The same for what is old news the day after.
  static let daySeconds = 24.0 * 60 * 60

  func texts(in language: Language) -> Texts { brand.texts(in: language) }

  /// A sentence in the letters of an SMS.
  ///
  /// - Parameter short: the same for the alphabet that has room for less
  func smsSentence(_ plain: String, short: String) -> String {
    switch alphabet {
    case .gsm7: GSM7.transliterate(plain)
    case .ucs2: short
    }
  }

  /// The code that proves a phone.
  ///
  /// The last line is bound to the origin ("Origin-bound one-time codes delivered via SMS"), so
  /// that a phone offers the five characters to this page and to no other.
  package func smsCode(
    _ code: VerificationCode, to number: PhoneNumber, sending: (registration: Int64, number: Int),
    for customer: CustomerNumber, in language: Language, expiring expiresAt: Date, at now: Date
  ) -> Message {
    let seconds = expiresAt.timeIntervalSince(now)
    // A code that arrives dead is worse than none; a short-lived one still gets its chance.
    let notAfter = expiresAt.addingTimeInterval(-min(30, seconds / 4))
    let texts = texts(in: language)
    let (whole, life) = (code.text, String(max(1, Int(seconds / 60))))
    // A short message has no room for an empty line.
    let sentence = smsSentence(
      texts["sms.code", ["code": whole, "minutes": life]] + "\n",
      short: texts["sms.code.ucs2", ["code": whole, "minutes": life]])
    let series = Message.smsSeries(of: sending.registration)
    return Message(
      key: "\(series)/\(sending.number)", kind: .smsCode, channel: .sms, recipient: number.e164,
      language: language, subject: "",
      text: "\(sentence)\n@\(host) #\(code.typedPart)",
      customer: customer, notAfter: notAfter, series: series)
  }

  /// Tells the phone's owner that an account was made, so that a stranger's success is noticed (D
  /// 1, compensation 8).
  ///
  /// - Parameter registration: which made the account, when it was not the first
  package func registered(
    to number: PhoneNumber, account: Int64, again registration: String? = nil,
    for customer: CustomerNumber, in language: Language, at now: Date
  ) -> Message {
    let texts = texts(in: language)
    let sentence = smsSentence(texts["sms.registered"], short: texts["sms.registered.ucs2"])
    return Message(
      key: Self.key("registered", account, again: registration), kind: .registered, channel: .sms,
      recipient: number.e164,
      language: language, subject: "", text: sentence,
      customer: customer, notAfter: now.addingTimeInterval(Self.daySeconds))
  }

  /// The code that confirms an e-mail address (J7, J9).
  package func emailCode(
    _ code: VerificationCode, to email: EmailAddress, account: Int64, sending: String,
    for customer: CustomerNumber, in language: Language, expiring expiresAt: Date, at now: Date
  ) -> Message {
    let texts = texts(in: language)
    let life = texts.time(atMost: Int(expiresAt.timeIntervalSince(now)))
    return Message(
      key: "email-code/\(account)/\(sending)", kind: .emailCode, channel: .email,
      recipient: email.address,
      language: language, subject: texts["mail.code.subject"],
      text: texts["mail.code.text", ["code": code.text, "life": life]], customer: customer,
      notAfter: expiresAt, series: "email-code/\(account)")
  }

  /// The accepted contract, word for word and as a file (D 6).
  ///
  /// - Parameters:
  ///   - version: of the document
  ///   - acceptance: what tells it from the account's first: a registration, or the version
  package func contract(
    _ document: Document, version: String, to email: EmailAddress, account: Int64,
    again acceptance: String? = nil, for customer: CustomerNumber, in language: Language,
    at now: Date
  ) -> Message {
    let texts = texts(in: language)
    return Message(
      key: Self.key("contract", account, again: acceptance), kind: .contract, channel: .email,
      recipient: email.address,
      language: language, subject: texts["mail.contract.subject"],
      text: texts["mail.contract.text", ["contract": document.plainText]],
      customer: customer, notAfter: now.addingTimeInterval(Self.noticeSeconds),
      contractVersion: version)
  }

  private static func key(_ event: String, _ account: Int64, again occasion: String?) -> String {
    occasion.map { "\(event)/\(account)/\($0)" } ?? "\(event)/\(account)"
  }

  /// Tells the owner of an address that somebody tried to register with it, once a day (D 7).
  package func emailTaken(
    owner: Account, day: String, at now: Date
  ) -> Message {
    let texts = texts(in: owner.language)
    return Message(
      key: "email-taken/\(owner.id)/\(day)", kind: .emailTaken, channel: .email,
      recipient: owner.email.address, language: owner.language,
      subject: texts["mail.taken.subject"], text: texts["mail.taken.text"],
      customer: owner.customer, notAfter: now.addingTimeInterval(Self.daySeconds))
  }

  /// Confirms that the customer has ended the contract, and with it the account.
  package func contractEnded(account: Account, at now: Date) -> Message {
    let texts = texts(in: account.language)
    return Message(
      key: "contract-ended/\(account.id)", kind: .contractEnded, channel: .email,
      recipient: account.email.address, language: account.language,
      subject: texts["mail.contractEnded.subject"], text: texts["mail.contractEnded.text"],
      customer: account.customer, notAfter: now.addingTimeInterval(Self.noticeSeconds))
  }
}
