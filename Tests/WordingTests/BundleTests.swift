internal import Domain
internal import TestSupport
internal import Testing
internal import Wording

/// Every sentence, in both languages (R1).
@Suite struct `The bundles` {
  /// These are filled in any sentence, when the program starts.
  private static let constants = Set(Constant.allCases.map(\.rawValue))

  // MARK: Both languages

  @Test func `have the same keys, with the same places`() throws {
    let hungarian = try Bundles.sentences(in: .hungarian)
    let english = try Bundles.sentences(in: .english)
    #expect(Set(hungarian.keys).symmetricDifference(english.keys) == [])
    for (key, sentence) in hungarian {
      #expect(
        Texts.placeholders(in: sentence) == Texts.placeholders(in: english[key] ?? ""), "\(key)")
    }
  }

  @Test(arguments: Language.allCases)
  func `have words for every key, and no key twice`(language: Language) throws {
    for (key, sentence) in try Bundles.sentences(in: language) {
      #expect(!sentence.isEmpty && sentence.trimmed == sentence, "\(key)")
    }
    let file = try Repository.text(of: "Sources/Wording/Texts/\(language.rawValue).yaml")
    let keys = file.split(separator: "\n").compactMap {
      $0.firstMatch(of: #/^([a-zA-Z0-9.]+):/#)?.1
    }
    #expect(keys.count == Set(keys).count)
  }

  // MARK: The program

  @Test func `have every key that the program or a template names, and no other`() throws {
    let keys = Set(try Bundles.sentences(in: .hungarian).keys)
    let uses = try KeyUses()
    #expect(uses.places.filter { !keys.contains($0.key) } == [:])
    #expect(keys.subtracting(uses.places.keys) == [])
  }

  @Test func `are filled with exactly the values that their places ask for`() throws {
    let sentences = try Bundles.sentences(in: .hungarian)
    let uses = try KeyUses()
    for use in uses.filled {
      let places = Texts.placeholders(in: sentences[use.key] ?? "").subtracting(Self.constants)
      #expect(places == use.names, "\(use.place): \(use.key)")
    }
    // A template fills its places with its page's properties, which its own tests look at.
    let filled = Set(uses.filled.map(\.key))
    for (key, place) in uses.places where place.hasSuffix(".swift") && !filled.contains(key) {
      let places = Texts.placeholders(in: sentences[key] ?? "").subtracting(Self.constants)
      #expect(places == [], "\(place): \(key)")
    }
  }

  @Test func `are searched for keys as the program writes them`() {
    let uses = KeyUses(
      program: """
        // "not.this"
        texts["a.b"] + self["c.d", ["seconds": String(1), "list": all["x"]]]
        brand.texts(in: language)[
          "e.f", ["code": code.text]]
        load("brand.yaml"); name("plain")
        """)
    #expect(Set(uses.places.keys) == ["a.b", "c.d", "e.f"])
    #expect(uses.filled.map(\.key) == ["c.d", "e.f"])
    #expect(uses.filled.map(\.names) == [["seconds", "list"], ["code"]])
  }

  // MARK: Places

  @Test(arguments: Language.allCases)
  func `glue nothing to a place`(language: Language) throws {
    for (key, sentence) in try Bundles.sentences(in: language) {
      // «-ig» has one form, whatever a time is read as.
      #expect(sentence.firstMatch(of: #/\}(?!-ig\b)[\p{L}\p{N}-]/#) == nil, "\(key)")
      #expect(sentence.firstMatch(of: #/[\p{L}\p{N}]\{/#) == nil, "\(key)")
      #expect(sentence.firstMatch(of: #/\{\s|\s\}|\{\}/#) == nil, "\(key)")
      let braces = sentence.filter { $0 == "{" }.count
      #expect(braces == sentence.filter { $0 == "}" }.count, "\(key)")
      #expect(!sentence.contains("{{") && !sentence.contains("[["), "\(key)")
    }
  }

  @Test func `fill what has a value and leave the rest as it is`() {
    let texts = Texts(
      language: .english, sentences: ["a": "{one} and {two}", "b": "no { place", "c": "{one}{one}"])
    #expect(texts["a", ["one": "1"]] == "1 and {two}")
    #expect(texts["a", ["one": "{two}", "two": "2"]] == "{two} and 2")
    #expect(texts["b", ["one": "1"]] == "no { place")
    #expect(texts["c", ["one": "1"]] == "11")
    #expect(texts["nothing"] == "nothing")
    #expect(Texts.placeholders(in: "{a} {b}{a} }{") == ["a", "b"])
  }

  // MARK: Messages

  @Test(arguments: Language.allCases)
  func `name a message's code once, and nothing else that looks like one`(
    language: Language
  ) throws {
    let texts = try Props.brand.get().texts(in: language)
    for (key, sentence) in texts.sentences where key.hasPrefix("sms.") || key.hasPrefix("mail.") {
      let words = sentence.split { !$0.isLetter && !$0.isNumber }.map(String.init)
      let codes = words.filter { word in
        word.wholeMatch(of: #/[A-Za-z0-9]{6}/#) != nil
          && (word.contains(where: \.isNumber) || word == word.uppercased())
      }
      #expect(codes == [], "\(key)")
      let isCode = [
        "sms.code", "sms.code.ucs2", "sms.callerCode", "sms.callerCode.ucs2", "sms.stepUp",
        "sms.stepUp.ucs2", "mail.code.text",
        "mail.recoveryCode.text",
        "mail.loginCode.text",
        "mail.correspondenceCode.text", "mail.userNameCode.text", "mail.userNameUndo.text",
      ].contains(key)
      #expect(sentence.components(of: "{code}") == (isCode ? 1 : 0), "\(key)")
    }
  }

  @Test(arguments: Language.allCases)
  func `put a letter's code on a line of its own, and no link into it`(language: Language) throws {
    let sentences = try Bundles.sentences(in: language)
    for key in ["mail.code.text", "mail.recoveryCode.text"] {
      let letter = try #require(sentences[key])
      #expect(letter.split(separator: "\n").contains("{code}"), "\(key)")
    }
    for (key, sentence) in sentences where key.hasPrefix("mail.") || key.hasPrefix("sms.") {
      #expect(!sentence.contains("http") && !sentence.contains("www."), "\(key)")
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }

  /// How often the words stand in the text.
  fileprivate func components(of words: String) -> Int {
    ranges(of: words).count
  }
}
