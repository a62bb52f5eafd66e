internal import Domain
internal import Mustache
internal import Wording

/// What the template tells: strings, truths, lines and lists of such, read by their names.
struct Letter {
  let language: String
  let subject: String
  let heading: Line
  let preheader: String
  let hasPreheader: Bool
  let insurer: String
  let hasLogo: Bool
  /// The name behind `cid:`.
  let logo: String
  let logoWidth: String
  let logoHeight: String
  let accent: String
  let accentOnDark: String
  let parts: [Part]
  let contact: Line
  let portalLabel: String
  let portal: String
  let isLinked: Bool
  let why: Line
  /// What a link's button says.
  let button: String

  /// The names that a template may use.
  static let names = Set(
    [
      "language", "subject", "heading", "preheader", "hasPreheader", "insurer", "hasLogo", "logo",
      "logoWidth", "logoHeight", "accent", "accentOnDark", "parts", "contact", "portalLabel",
      "portal", "isLinked", "why", "button",
    ] + Part.names)

  init(subject: String, text: String, portal: String, brand: Brand, texts: Texts) {
    let paragraphs = Paragraphs.of(text)
    self.init(
      subject: subject, preheader: Letter.preheader(of: paragraphs),
      parts: Part.all(of: paragraphs, insurer: brand.facts.insurerName).flatMap(\.parts),
      portal: portal, brand: brand, texts: texts)
  }

  init(
    subject: String, preheader: String, parts: [Part], portal: String, brand: Brand, texts: Texts
  ) {
    insurer = brand.facts.insurerName
    let picture = brand.logo.flatMap(LetterLogo.init)
    hasLogo = picture != nil
    logo = picture?.contentID ?? ""
    logoWidth = String(picture?.width ?? 0)
    logoHeight = String(picture?.height ?? 0)
    language = texts.language.rawValue
    self.subject = subject
    heading = Line(Letter.heading(of: subject, insurer: insurer))
    self.preheader = preheader
    hasPreheader = !preheader.isEmpty
    accent = brand.facts.accentColour
    accentOnDark = brand.facts.accentColourOnDark
    self.parts = parts
    contact = Line(texts["mail.footer.contact"])
    portalLabel = texts["mail.footer.portal"]
    self.portal = portal
    isLinked = portal.hasPrefix("https://")
    why = Line(texts["mail.footer.why"])
    button = texts["mail.button"]
  }

  /// The subject as the letter's own title: the insurer's name stands above it already.
  private static func heading(of subject: String, insurer: String) -> String {
    let start = "\(insurer): "
    guard subject.hasPrefix(start), subject.count > start.count else { return subject }
    let rest = subject.dropFirst(start.count)
    return rest.prefix(1).uppercased() + rest.dropFirst()
  }

  // MARK: The list of letters

  /// The first sentence after the greeting, for the list of letters, where others may look on.
  ///
  /// Nothing when a code stands in it.
  static func preheader(of paragraphs: [[String]]) -> String {
    placeOfPreheader(in: paragraphs).map { preheader(in: paragraphs[$0]) } ?? ""
  }

  /// Which paragraph has that sentence: the first one of prose that is not the greeting.
  static func placeOfPreheader(in paragraphs: [[String]]) -> Int? {
    paragraphs.indices.dropFirst().first {
      !Part.isRule(paragraphs[$0]) && !Part.isCode(paragraphs[$0])
    }
  }

  static func preheader(in lines: [String]) -> String {
    let sentence = firstSentence(of: lines.joined(separator: " "))
    let words = sentence.split { !$0.isLetter && !$0.isNumber }
    guard !words.contains(where: { Part.isCode([String($0)]) }) else { return "" }
    return String(sentence.last == ":" ? sentence.dropLast() : sentence)
  }

  /// Up to a mark that ends a sentence, before a space or at the end of the text.
  private static func firstSentence(of text: String) -> Substring {
    var place = text.startIndex
    while place < text.endIndex {
      let next = text.index(after: place)
      if place > text.startIndex, ".!?:".contains(text[place]),
        next == text.endIndex || text[next].isWhitespace
      {
        return text[..<next]
      }
      place = next
    }
    return text[...]
  }
}

// Told by name, which is quicker than a mirror.
extension Letter: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "language": language
    case "subject": subject
    case "heading": heading
    case "preheader": preheader
    case "hasPreheader": hasPreheader
    case "insurer": insurer
    case "hasLogo": hasLogo
    case "logo": logo
    case "logoWidth": logoWidth
    case "logoHeight": logoHeight
    case "accent": accent
    case "accentOnDark": accentOnDark
    case "parts": parts
    case "contact": contact
    case "portalLabel": portalLabel
    case "portal": portal
    case "isLinked": isLinked
    case "why": why
    case "button": button
    default: nil
    }
  }
}
