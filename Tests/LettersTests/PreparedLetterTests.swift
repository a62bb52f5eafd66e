internal import Domain
internal import Foundation
internal import Outbox
internal import Testing
internal import Wording

@testable internal import Letters

/// A letter that was laid out when the brand was read is the letter that is laid out anew.
@Suite struct `A prepared letter` {
  private static let portal = "https://portal.pelda.example"

  /// What nobody would put into a place, and what is told from a word by a hyphen alone.
  private static let strange = [
    "", " ", "\u{A0}x\u{A0}", "x", "<b>&\"'", "K7M2XQ", "123456", "---", "a-b", "e-mail-cím",
    "+36-1-234", "one. two", "one? ", "a\nb", "a\r\nb", "\n\n", "\r", "a\n\n---\n\nb", "\u{0}",
    "\u{2028}", "\u{85}", "\u{301}", "-", "x-", "-x", "\u{10FFF0}0\u{10FFF1}", "{code}", "{{why}}",
    String(repeating: "ő", count: 300), String(repeating: "a-", count: 60),
  ]

  private static let own = Result { try `Every letter`.ownFolder() }

  private static func letters(_ folder: String?) throws -> (Brand, Letters) {
    let brand = try Brand.load(directory: folder)
    return (brand, try Letters(brand: brand, folder: folder, portal: portal))
  }

  @Test(arguments: [false, true], Language.allCases)
  func `is the same whatever stands in its places`(isOwn: Bool, language: Language) throws {
    let (brand, letters) = try Self.letters(isOwn ? try Self.own.get().path : nil)
    let texts = brand.texts(in: language)
    let keys = texts.sentences.keys.filter { $0.hasPrefix("mail.") && $0.hasSuffix(".text") }
    for (number, key) in keys.sorted().enumerated() {
      let subject = texts[TextKey(stringLiteral: "\(key.dropLast(5)).subject")]
      let names = Texts.placeholders(in: texts.sentences[key] ?? "").sorted()
      // A third of the values for each letter, and all of them for all letters together.
      for (place, value) in Self.strange.enumerated() where (place + number) % 3 == 0 {
        let others = Self.strange[(place * 7 + 3) % Self.strange.count]
        let values = Dictionary(
          uniqueKeysWithValues: zip(names, [value, others, value, others, value]))
        let text = texts[TextKey(stringLiteral: key), values]
        let html = letters.html(subject: subject, text: text, language: language)
        let anew = letters.laidOut(subject: subject, text: text, language: language)
        #expect(html.utf8.elementsEqual(anew.utf8), "\(key) with «\(value)» and «\(others)»")
      }
    }
  }

  @Test(arguments: Language.allCases)
  func `is there for every letter that is sent, with its usual values`(language: Language) throws {
    let (brand, letters) = try Self.letters(nil)
    for sample in try LetterSamples(brand, host: "portal.pelda.example", in: language).all() {
      let message = sample.message
      let html = letters.preparedHTML(
        subject: message.subject, text: message.text, language: language)
      // A contract of earlier words is laid out when it is sent.
      #expect((html == nil) == sample.name.hasPrefix("contract-2"), "\(sample.name)")
    }
  }

  @Test func `is none for other words`() throws {
    let (brand, letters) = try Self.letters(nil)
    let texts = brand.texts(in: .english)
    let (subject, text) = (
      texts["mail.passwordChanged.subject"], texts["mail.passwordChanged.text"]
    )
    func isPrepared(_ subject: String, _ text: String) -> Bool {
      letters.preparedHTML(subject: subject, text: text, language: .english) != nil
    }
    #expect(isPrepared(subject, text))
    #expect(!isPrepared(subject + " ", text))
    #expect(!isPrepared(subject, text + "x"))
    #expect(!isPrepared(subject, "x" + text))
    #expect(!isPrepared(subject, String(text.dropLast(2))))
  }
}

/// How words are parted and sentences found, compared with patterns that say the same.
@Suite struct `A letter's words` {
  private static let scalars: [String] = [
    "a", "ő", "Z", "1", "٣", "²", "ǅ", "ʰ", "中", "+", "-", "-", "-", " ", "\u{A0}", "\t", ".", ":",
    "!", "?", "\u{301}", "📱", "•", "_", "/", "x", "ab", "12345678", "e-mail",
  ]

  /// Made-up lines, the same at each run.
  private static let lines: [String] = {
    var state: UInt64 = 1
    func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(count))
    }
    return (0..<1000).map { _ in
      (0..<(1 + next(14))).map { _ in scalars[next(scalars.count)] }.joined()
    }
  }()

  /// As the pieces were found before.
  private static func pieces(of words: String) -> [Substring] {
    words.matches(of: #/\S+/#).map(\.output).filter { $0.utf8.count <= 80 }
      .flatMap { $0.matches(of: #/[\p{L}\p{N}+]+(?:-[\p{L}\p{N}]+)+/#) }.map(\.output)
      .filter { $0.count <= 16 }
  }

  @Test func `are kept whole where a pattern finds a hyphen in a word`() {
    for line in Self.lines {
      let pieces = Line(line).pieces
      #expect(pieces.filter(\.isWhole).map(\.piece) == Self.pieces(of: line).map(String.init))
      #expect(pieces.map(\.piece).joined() == line)
    }
  }

  @Test func `make a sentence up to its mark`() {
    for line in Self.lines {
      let sentence =
        line.firstMatch(of: #/^.+?[.!?:](?=\s|$)/#).map { String($0.output) } ?? line
      let shown = sentence.hasSuffix(":") ? String(sentence.dropLast()) : sentence
      #expect(Letter.preheader(in: [line]) == shown)
    }
  }

  @Test func `make a heading with a number`() {
    for line in [
      "1. a", "12. a", "1.a", "1.\u{A0}a", ". a", "a1. b", "1. ", "1.", "²1. a", "1.1. a",
    ] {
      let isHeading = line.prefixMatch(of: #/\d+\.\s/#) != nil && line.last != "."
      let parts = Part.parts(
        of: ["x.", line], .init(isInside: true, mayBeCode: true), insurer: "")
      #expect(parts.last?.isHeading == isHeading, "\(line)")
    }
  }

  @Test func `fall into paragraphs however they are read`() {
    // The control makes it be read character by character, and is left out.
    for line in Self.lines {
      let text = "\(line)\n \n\(line)\nx \n\n"
      #expect(Paragraphs.of(text) == Paragraphs.of("\u{1}" + text))
    }
  }
}
