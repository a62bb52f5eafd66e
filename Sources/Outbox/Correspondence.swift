package import Domain
package import FoundationEssentials
package import Wording

/// Turns a decision into the message about it, in the customer's language.
package struct Correspondence: Sendable {
  private let brand: Brand
  /// The host of the public URL, for the last line of a code message.
  private let host: String
  /// Where the code by e-mail is entered.
  package static let confirmationPath = "/megerosites"

  /// The public URL without a trailing slash: the only base of links (R7).
  let base: String
  private let alphabet: SMSAlphabet

  /// The character set of an SMS.
  package enum SMSAlphabet: String, CaseIterable, Sendable {
    /// 160 characters in one message; others are replaced by the nearest ones.
    case gsm7
    /// All characters, 70 in one message; the shorter texts are used.
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

  /// How long a notice that nobody waits for remains useful.
  static let noticeSeconds = 3.0 * 24 * 60 * 60
  /// The same for what is old news a day later.
  static let daySeconds = 24.0 * 60 * 60

  func texts(in language: Language) -> Texts { brand.texts(in: language) }

  /// Whose accounts these are, as an authenticator app shows it.
  package var issuer: String { brand.facts.portalName }

  /// A sentence in the character set of the SMS.
  ///
  /// - Parameter short: the same sentence for the set that has less room
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
    _ code: VerificationCode, to number: PhoneNumber,
    sending: (registration: Registration.ID, number: Int),
    for customer: CustomerNumber, in language: Language, expiring expiresAt: Date, at now: Date
  ) -> Message {
    let seconds = expiresAt.timeIntervalSince(now)
    let texts = texts(in: language)
    let (whole, life) = (code.text, Correspondence.minutes(in: seconds))
    let series = Message.smsSeries(of: sending.registration)
    return Message(
      key: "\(series)/\(sending.number)", kind: .smsCode, channel: .sms, recipient: number.e164,
      language: language, subject: "",
      text: smsText(
        with: code, texts["sms.code", ["code": whole, "minutes": life]],
        short: texts["sms.code.ucs2", ["code": whole, "minutes": life]]),
      customer: customer, notAfter: Correspondence.lastUse(of: expiresAt, at: now),
      series: series, isFirstOfSeries: sending.number == 1)
  }

  /// A sentence with a code, and the last line by which a phone offers it to our page.
  func smsText(with code: VerificationCode, _ plain: String, short: String) -> String {
    // A short message has no room for an empty line.
    "\(smsSentence(plain + "\n", short: short))\n@\(host) #\(code.typedPart)"
  }

  /// A life as an SMS with a code tells it.
  static func minutes(in seconds: Double) -> String { String(max(1, Int(seconds / 60))) }

  /// Until when an SMS with a code is worth sending: one that arrives expired is worse than none,
  /// and a short-lived one still gets its chance.
  static func lastUse(of expiresAt: Date, at now: Date) -> Date {
    expiresAt.addingTimeInterval(-min(30, expiresAt.timeIntervalSince(now) / 4))
  }

  /// Tells the phone's owner that an account was created, so that a stranger's success is noticed
  /// (D 1, compensation 8).
  ///
  /// - Parameter registration: the one that created the account, if it was not the first
  package func registered(
    to number: PhoneNumber, account: Account.ID, again registration: String? = nil,
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
  ///
  /// - Parameter isFirst: whether the account has just been made
  package func emailCode(
    _ code: VerificationCode, to email: EmailAddress, account: Account.ID, sending: String,
    isFirst: Bool = false, for customer: CustomerNumber, in language: Language,
    expiring expiresAt: Date, at now: Date
  ) -> Message {
    let texts = texts(in: language)
    let until = texts.clock(until: expiresAt, from: now)
    return Message(
      key: "email-code/\(account)/\(sending)", kind: .emailCode, channel: .email,
      recipient: email.address,
      language: language, subject: texts["mail.code.subject"],
      text: texts[
        "mail.code.text",
        [
          "code": code.text, "until": until,
          // Behind the #, which no browser sends: the page's script fills it in, and opening the
          // link does nothing (R8).
          "link": "\(base)\(Correspondence.confirmationPath)#\(code.text.dropFirst())",
        ]],
      customer: customer,
      notAfter: expiresAt, series: "email-code/\(account)", isFirstOfSeries: isFirst)
  }

  /// The accepted contract, word for word and as a file (D 6).
  ///
  /// - Parameters:
  ///   - html: the document as it was accepted
  ///   - version: of the document
  ///   - acceptance: distinguishes it from the account's first: a registration, or the version
  package func contract(
    _ html: String, version: String, to email: EmailAddress, account: Account.ID,
    again acceptance: String? = nil, for customer: CustomerNumber, in language: Language,
    at now: Date
  ) -> Message {
    let texts = texts(in: language)
    return Message(
      key: Self.key("contract", account, again: acceptance), kind: .contract, channel: .email,
      recipient: email.address,
      language: language, subject: texts["mail.contract.subject"],
      text: texts[
        "mail.contract.text", ["contract": brand.plainText(ofContract: html, in: language)]],
      customer: customer, notAfter: now.addingTimeInterval(Self.noticeSeconds),
      contractVersion: version)
  }

  private static func key(_ event: String, _ account: Account.ID, again occasion: String?) -> String
  {
    occasion.map { "\(event)/\(account)/\($0)" } ?? "\(event)/\(account)"
  }

  /// Tells an address that somebody tried to register with it, at most once a day (D 7).
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

  /// Confirms that the customer has ended the contract, and the account with it.
  package func contractEnded(account: Account, at now: Date) -> Message {
    let texts = texts(in: account.language)
    return Message(
      key: "contract-ended/\(account.id)", kind: .contractEnded, channel: .email,
      recipient: account.email.address, language: account.language,
      subject: texts["mail.contractEnded.subject"], text: texts["mail.contractEnded.text"],
      customer: account.customer, notAfter: now.addingTimeInterval(Self.noticeSeconds))
  }
}
