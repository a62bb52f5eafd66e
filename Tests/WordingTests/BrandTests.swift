internal import Domain
internal import TestSupport
internal import Testing
internal import Wording

/// One folder makes Belépő an insurer's own (D 11, R1).
@Suite struct `An insurer's own brand` {
  @Test func `changes one sentence and leaves the others`() throws {
    let own = try OwnBrand(["texts/hu.yaml": "start.register.button: Kezdjük\n"])
    let texts = try own.load().texts(in: .hungarian)
    let shipped = try Props.brand.get()
    #expect(texts["start.register.button"] == "Kezdjük")
    #expect(texts["action.next"] == "Tovább")
    #expect(
      try own.load().texts(in: .english).sentences == shipped.texts(in: .english).sentences)
  }

  @Test func `fills the brand's own places in every sentence`() throws {
    let own = try OwnBrand(["brand.yaml": OwnBrand.facts("none", "")])
    let brand = try own.load()
    #expect(brand.texts(in: .hungarian)["brand.insurer"] == "Saját Biztosító")
    #expect(brand.texts(in: .english)["brand.portal"] == "Ügyfélkapu")
    #expect(brand.texts(in: .hungarian)["start.oldMobile.body"].contains("06-1-234-5678"))
    #expect(brand.texts(in: .english)["layout.help.hours"].contains("all day"))
    #expect(brand.facts.accentColour == "#102030")
    for language in Language.allCases {
      for (key, sentence) in brand.texts(in: language).sentences {
        #expect(!sentence.contains("Példa") && !sentence.contains("421"), "\(key)")
        let left = Texts.placeholders(in: sentence)
        #expect(left.isDisjoint(with: Constant.allCases.map(\.rawValue)), "\(key)")
      }
    }
    #expect(Set(brand.passwordContextWords) == ["sajat", "Saját", "Biztosító", "Ügyfélkapu"])
  }

  @Test(arguments: [
    ("06-1-234-5678", "+3612345678"), ("+36 1 234 5678", "+3612345678"),
    ("+43 1 234 567", "+431234567"),
  ])
  func `has a phone that can be dialled from abroad`(written: String, dialled: String) throws {
    let facts = try OwnBrand.facts("callCentrePhone", "\"\(written)\"")
    let texts = try OwnBrand(["brand.yaml": facts]).load().texts(in: .hungarian)
    #expect(texts["brand.phone"] == written)
    #expect(texts["brand.phoneLink"] == dialled)
  }

  @Test func `may use the brand's places in a sentence that had none`() throws {
    let own = try OwnBrand(["texts/en.yaml": "opening.lead: \"Welcome to {insurer}\"\n"])
    #expect(
      try own.load().texts(in: .english)["opening.lead"] == "Welcome to Példa Biztosító")
  }

  @Test func `replaces one document, whose version changes with it`() throws {
    let html = "<h1>Saját szerződés</h1>\n<p>Egy mondat.</p>\n"
    let own = try OwnBrand(["documents/hu/portalszerzodes.html": html])
    let brand = try own.load()
    let shipped = try Props.brand.get()
    let contract = brand.document(.contract, in: .hungarian)
    #expect(contract.html == html)
    #expect(contract.title == "Saját szerződés")
    #expect(contract.version != shipped.document(.contract, in: .hungarian).version)
    #expect(contract.plainText == "Saját szerződés\nEgy mondat.")
    #expect(
      brand.document(.contract, in: .english) == shipped.document(.contract, in: .english))
  }

  @Test func `has no fact that nobody reads`() throws {
    let facts = try OwnBrand.facts("none", "") + "callCenterPhone: 06-1-111-1111\n"
    let refusal = try #require(try OwnBrand(["brand.yaml": facts]).refusal())
    #expect(refusal.contains("brand.yaml"))
    #expect(refusal.contains("callCenterPhone is no key"))
  }

  @Test func `knows what in it still is the made-up insurer's`() throws {
    let shipped = try Brand.load(directory: nil)
    #expect(shipped.examples.count == 1 + 2 * 4)
    var own = ["brand.yaml": try OwnBrand.facts("none", "")]
    for language in Language.allCases {
      for name in [DocumentName.contract, .notice, .privacy, .imprint] {
        own["documents/\(language.rawValue)/\(name.rawValue).html"] = "<h1>Saját</h1>\n"
      }
    }
    #expect(try OwnBrand(own).load().examples.isEmpty)
    // A copy of what ships is no document of one's own.
    own["documents/en/impresszum.html"] = shipped.document(.imprint, in: .english).html
    #expect(try OwnBrand(own).load().examples == ["documents/en/impresszum.html"])
  }

  @Test func `may be an empty folder`() throws {
    let own = try OwnBrand()
    #expect(try own.load().facts == Props.brand.get().facts)
  }

  // MARK: Limits

  @Test(arguments: [
    (3600, "1 óra", "1 hour"), (7200, "2 óra", "2 hours"), (5400, "90 perc", "90 minutes"),
    (60, "1 perc", "1 minute"), (1, "1 másodperc", "1 second"), (90, "90 másodperc", "90 seconds"),
  ])
  func `says the times that are configured, in words`(
    seconds: Int, hungarian: String, english: String
  ) throws {
    var limits = Limits()
    limits.registrationLifetimeSeconds = seconds
    limits.loginDelaySecondsMax = seconds
    let brand = try Brand.load(directory: nil, limits: limits)
    let keys: [TextKey] = [
      "notice.expired.body", "confirm.wrongPassword",
    ]
    for key in keys {
      #expect(brand.texts(in: .hungarian)[key].contains(hungarian), "\(key)")
      #expect(brand.texts(in: .english)[key].contains(english), "\(key)")
    }
  }

  @Test(arguments: [
    (86_400, "24 óra", "24 óra"), (86_399, "23 óra", "24 óra"), (7_200, "2 óra", "2 óra"),
    (7_199, "119 perc", "2 óra"), (61, "1 perc", "2 perc"), (59, "59 másodperc", "1 perc"),
    (0, "0 másodperc", "1 perc"), (-5, "0 másodperc", "1 perc"),
  ])
  func `rounds what is left down and what is to be waited for up`(
    seconds: Int, left: String, wait: String
  ) throws {
    let texts = try Props.brand.get().texts(in: .hungarian)
    #expect(texts.time(atMost: seconds) == left)
    #expect(texts.time(atLeast: seconds) == wait)
  }

  @Test(arguments: [
    ("2026-11-24", "2026. november 24.", "24 November 2026"),
    ("2024-01-01", "2024. január 1.", "1 January 2024"), ("2024-13-01", "2024-13-01", "2024-13-01"),
    ("2024-00-01", "2024-00-01", "2024-00-01"), ("", "", ""), ("tegnap", "tegnap", "tegnap"),
  ])
  func `writes a day as people do`(date: String, hungarian: String, english: String) throws {
    let brand = try Props.brand.get()
    for (language, words) in [(Language.hungarian, hungarian), (Language.english, english)] {
      let told = brand.texts(in: language).day(date)
      #expect(told.replacing("\u{A0}", with: " ") == words)
    }
  }

  @Test func `says how many messages are sent in one registration`() throws {
    var limits = Limits()
    limits.smsPerRegistration = 7
    let brand = try Brand.load(directory: nil, limits: limits)
    for language in Language.allCases {
      #expect(brand.texts(in: language)["code.resend.body"].contains(" 7 "))
    }
  }

  // MARK: Refused, with a sentence that names the file

  struct Refused: Sendable, CustomTestStringConvertible {
    let path: String
    let text: String
    let words: [String]

    var testDescription: String { "\(path): \(text.prefix(40))" }
  }

  @Test(arguments: [
    Refused(path: "texts/hu.yaml", text: "nincs.ilyen: X\n", words: ["hu.yaml", "nincs.ilyen"]),
    Refused(path: "texts/en.yaml", text: "action.nxt: X\n", words: ["en.yaml", "action.nxt"]),
    Refused(
      path: "texts/hu.yaml", text: "code.resendIn: \"{minutes} perc\"\n",
      words: ["hu.yaml", "code.resendIn", "{minutes}"]),
    Refused(
      path: "texts/en.yaml", text: "action.next: \"{name}\"\n",
      words: ["en.yaml", "action.next", "{name}"]),
    Refused(path: "texts/hu.yaml", text: "action.next: [1]\n", words: ["hu.yaml"]),
    Refused(path: "texts/hu.yaml", text: "action.next: \"x\n", words: ["hu.yaml"]),
    Refused(path: "brand.yaml", text: "insurerName: X\n", words: ["brand.yaml: ", " is missing."]),
    Refused(
      path: "brand.yaml", text: "insurerName: [X]\n", words: ["brand.yaml: insurerName is no "]),
    Refused(path: "brand.yaml", text: ": :\n- {\n", words: ["brand.yaml"]),
  ])
  func `is refused for what is unknown or cannot be read`(refused: Refused) throws {
    let own = try OwnBrand([refused.path: refused.text])
    let sentence = try #require(own.refusal())
    for words in refused.words { #expect(sentence.contains(words), "\(sentence)") }
    #expect(!sentence.hasPrefix("an error of another kind"), "\(sentence)")
  }

  private static let files = [
    "brand.yaml", "texts/hu.yaml", "texts/en.yaml", "documents/hu/portalszerzodes.html",
    "documents/en/gyik.html",
  ]

  @Test(arguments: files)
  func `is refused in another encoding, and nothing of ours stands in its place`(
    path: String
  ) throws {
    let accented = Array("# Első sor\n# Els".utf8) + [0xF5, 0x0A]
    let one = try #require(try OwnBrand(bytes: [path: accented]).refusal())
    #expect(
      one.hasSuffix(
        "/\(path): it is not in UTF-8 (line 2) but most likely in windows-1250: save it in UTF-8."))
    let other = try #require(
      try OwnBrand(bytes: [path: [0xFF, 0xFE, 0x23, 0x00]]).refusal())
    #expect(
      other.hasSuffix("/\(path): it is not in UTF-8 but in UTF-16: save it in UTF-8."))
  }

  @Test(arguments: files)
  func `is refused for what is there and cannot be read`(path: String) throws {
    let sentence = try #require(try OwnBrand(["\(path)/other.txt": "x"]).refusal())
    #expect(sentence.contains("/\(path): it cannot be read"), "\(sentence)")
  }

  @Test(arguments: [
    "red", "#fff", "\"#+12345\"", "\"#12345g\"", "\"0b5c6b\"",
    "\"#0b5c6b; } body { x: url(//evil.test)\"", "\"\"",
  ])
  func `is refused for a colour that is none`(colour: String) throws {
    for key in ["accentColour", "accentColourOnDark"] {
      let own = try OwnBrand(["brand.yaml": OwnBrand.facts(key, colour)])
      let sentence = try #require(own.refusal())
      #expect(sentence.contains("brand.yaml"), "\(sentence)")
    }
  }

  @Test(arguments: [("accentColour", "\"#fafafa\""), ("accentColourOnDark", "\"#101010\"")])
  func `is refused for a colour that cannot be read on its ground`(
    key: String, colour: String
  ) throws {
    let own = try OwnBrand(["brand.yaml": OwnBrand.facts(key, colour)])
    let sentence = try #require(own.refusal())
    #expect(sentence.contains("brand.yaml") && sentence.contains(colour.dropFirst().dropLast()))
  }

  @Test func `is refused when a sentence loses the code that it has to tell`() throws {
    for key in ["sms.code", "mail.code.text"] {
      let own = try OwnBrand(["texts/hu.yaml": "\(key): Nincs benne semmi\n"])
      let sentence = try #require(own.refusal())
      #expect(sentence.contains("hu.yaml") && sentence.contains("{code}"), "\(sentence)")
    }
  }

  @Test(arguments: ["<p>Nincs címe.</p>", "<h1>Egy</h1><h1>Kettő</h1>", "", "<h1>{{x}}</h1>"])
  func `is refused for a document that is no page`(html: String) throws {
    let own = try OwnBrand(["documents/hu/gyik.html": html])
    let sentence = try #require(own.refusal())
    #expect(sentence.contains("gyik.html"), "\(sentence)")
  }

  @Test func `is refused when the folder is not there`() {
    #expect(throws: Brand.Broken.self) { try Brand.load(directory: "/nincs/ilyen/mappa") }
  }
}
