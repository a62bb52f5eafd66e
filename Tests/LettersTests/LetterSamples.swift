internal import Domain
internal import Foundation
internal import Outbox
internal import TestSupport
internal import Wording

/// Every letter that leaves the house, with values that need no care and with values that do.
struct LetterSamples {
  private let correspondence: Correspondence
  private let brand: Brand
  private let now = Date(timeIntervalSince1970: 1_780_000_000)
  private let account: Account
  private let number: PhoneNumber
  private let language: Language

  struct Sample {
    let name: String
    let message: Message
  }

  init(_ brand: Brand, host: String, in language: Language) throws {
    self.brand = brand
    self.language = language
    correspondence = Correspondence(brand: brand, host: host)
    number = try PhoneNumber("+36301234567")
    account = Account(
      id: 1, customer: try CustomerNumber("A1B2C34"),
      email: try EmailAddress("anna.kovacs@example.com"), emailConfirmedAt: nil,
      language: language)
  }

  /// All letters; what goes by SMS has no form.
  func all() throws -> [Sample] {
    try Message.Kind.allCases.flatMap { kind in
      try messages(of: kind).filter { $0.channel == .email }.enumerated().map { place, message in
        Sample(name: "\(kind.rawValue)-\(place + 1).\(language.rawValue)", message: message)
      }
    }
  }

  private func codes() -> [VerificationCode] {
    let digits = VerificationCode("482135", alphabet: .digits)
    let letters = ["K7M2XQ", "WWWWW9"].map { VerificationCode($0, alphabet: .unambiguous) }
    return (letters + [digits]).compactMap(\.self)
  }

  /// Addresses whose first letters are shown.
  private func addresses() throws -> [EmailAddress] {
    try ["bela@example.com", "&b@e-mail.hu", "'x@a.b-c.example", "+t@t-online.hu"].map {
      try EmailAddress($0)
    }
  }

  private let devices = [
    Device.unknown, Device(browser: .chrome, system: .android),
    Device(browser: .samsungInternet, system: nil),
  ]

  /// Without a default: a new kind has to join.
  private func messages(of kind: Message.Kind) throws -> [Message] {
    switch kind {
    case .smsCode, .registered, .callerCode, .smsStepEnabled, .stepUpCode: []
    case .emailCode, .recoveryCode, .loginCode, .correspondenceCode, .userNameCode: coded(kind)
    case .contract: contracts()
    case .contractEnded: [correspondence.contractEnded(account: account, at: now)]
    case .emailTaken: [correspondence.emailTaken(owner: account, day: "2026-01-01", at: now)]
    case .passwordChanged: [correspondence.passwordChanged(account, event: "1", at: now)]
    case .registeredAgain:
      [correspondence.registeredAgain(account, to: account.email, registration: 2, at: now)]
    case .loginNewDevice:
      devices.map { correspondence.loginFromNewDevice($0, to: account, at: now) }
    case .loginAfterFailures:
      devices.map { correspondence.loginAfterFailures(5, with: $0, to: account, at: now) }
    case .correspondenceChanged, .userNameChanged, .userNameUndo: try told(kind)
    case .userNameRestored:
      [correspondence.userNameRestored(to: account.email, of: account, event: "1", at: now)]
    case .accountLocked:
      AccountStanding.Lock.allCases.map {
        correspondence.accountLocked(account, $0, event: $0.rawValue, at: now)
      }
    case .accountUnlocked: [correspondence.accountUnlocked(account, event: "1", at: now)]
    case .sessionsEnded: [correspondence.sessionsEnded(account, event: "1", at: now)]
    case .dataRequestDeclined:
      ["Két évig meg kell őriznünk.", "<b>&amp;\" {phone}", "---", "- K7M2XQ"].enumerated().map {
        correspondence.dataRequestDeclined(
          account, because: $1, event: String($0), at: now)
      }
    }
  }

  private func coded(_ kind: Message.Kind) -> [Message] {
    zip(codes(), [86_400.0, 3600, 59]).map { code, seconds in
      let expiry = now.addingTimeInterval(seconds)
      return switch kind {
      case .emailCode:
        correspondence.emailCode(
          code, to: account.email, account: 1, sending: "1", for: account.customer, in: language,
          expiring: expiry, at: now)
      case .loginCode:
        correspondence.loginCode(
          code, to: account.email, account: 1, sending: "1", for: account.customer, in: language,
          expiring: expiry, at: now)
      case .recoveryCode:
        correspondence.recoveryCode(
          code, to: account.email, account: 1, sending: "1", for: account.customer, in: language,
          expiring: expiry, at: now)
      default:
        correspondence.addressCode(
          kind, code, to: account.email, of: account, sending: "1", expiring: expiry, at: now)
      }
    }
  }

  /// The brand's own, and one that an account accepted before the words were changed.
  private func contracts() -> [Message] {
    let earlier = Document(
      name: .contract, language: language,
      html: """
        <h1>Régi szerződés &amp; &lt;tsai&gt;</h1>
        <h2>1. Az e-mail-cím</h2><p>1.1. „Idézet", 'jel' &quot;x&quot;; ügyfél-szolgálat.</p>
        <ul><li>egy</li><li>két-három</li></ul><p>\(String(repeating: "hosszú ", count: 200))</p>
        """)
    return [brand.document(.contract, in: language), earlier].map {
      correspondence.contract(
        $0.html, version: $0.version, to: account.email, account: 1, for: account.customer,
        in: language, at: now)
    }
  }

  private func told(_ kind: Message.Kind) throws -> [Message] {
    let messages = zip(try addresses(), codes() + codes()).map { address, code in
      switch kind {
      case .correspondenceChanged:
        correspondence.correspondenceChanged(
          to: account.email, of: account, new: address, event: "1", at: now)
      case .userNameChanged:
        correspondence.userNameChanged(
          to: account.email, of: account, new: address, event: "1", at: now)
      default:
        correspondence.userNameUndo(
          code, of: account, new: address, event: "1", expiring: now.addingTimeInterval(259_200),
          at: now)
      }
    }
    guard kind == .correspondenceChanged else { return messages }
    return messages + [
      correspondence.correspondenceChanged(
        to: account.email, of: account, new: nil, event: "2", at: now)
    ]
  }

  // MARK: Words that no brand has

  /// Texts as an instance of another version, or a hostile hand, may have queued them.
  static let strange: [(subject: String, text: String)] = [
    ("", ""), ("Subject", "Hello"),
    ("<b>Árvíztűrő & 'tükör' \"fúró\"</b>", "Hello\n\n<script>alert(\"1\")</script> & 'x' &amp;"),
    ("Példa Biztosító: e-mail", "Jó napot!\n\nOne. Two.\n\nK7M2XQ\n\n123456\n\nPélda Biztosító"),
    ("a", "Hello\n\nÍrjon ide: e-mail-cím, +36-1-234-5678. (x-y), ab-cd-ef-gh-ij-kl.\n\nBye"),
    ("b", "Hello\r\n\r\none\r\ntwo\u{2028}three\u{85}four\u{0B}five\n\n\n\n  six  \u{A0}\n\t\n"),
    ("c", "Hello\n\none\u{0}two\u{8}\u{1B}[0m\tthree\u{7F}\n\n\u{202E}back\u{202C}"),
    ("d", "Hello\n\n---\n\nTitle\n1. Heading\n- Item\n- e-mail\n2. Sentence.\n----\n\n---\n\nBye"),
    ("e", "Hello\n\n---\n\nTitle\n1. Heading\n- item"),
    ("f", "Hello\n\nYour code is K7M2XQ. Keep it.\n\n\(String(repeating: "a-", count: 400))"),
    ("g", "Hello\n\nVersion 1.2 of\u{A0}it! x? y\n\n\(String(repeating: "ő", count: 3000))"),
    ("h", "\"\u{301} onclick=\u{201D}x <\u{338}b> &\u{200D}lt; e\u{301}-mail \u{301}-x 🇭🇺-📱"),
  ]
}
