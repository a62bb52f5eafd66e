internal import Domain
internal import Foundation
internal import Wording

/// What the template tells: strings, truths, lines and lists of such, read by their names.
struct Letter {
  let language: String
  let subject: String
  let heading: Line
  let preheader: String
  let hasPreheader: Bool
  let insurer: String
  let accent: String
  let accentOnDark: String
  let parts: [Part]
  let contact: Line
  let portalLabel: String
  let portal: String
  let isLinked: Bool
  let why: Line

  /// The names that a template may use.
  static let names = Set(
    [
      "language", "subject", "heading", "preheader", "hasPreheader", "insurer", "accent",
      "accentOnDark", "parts", "contact", "portalLabel", "portal", "isLinked", "why",
    ] + Part.names)

  init(subject: String, text: String, portal: String, brand: Brand, texts: Texts) {
    let paragraphs = Letter.paragraphs(of: text)
    insurer = brand.facts.insurerName
    language = texts.language.rawValue
    self.subject = subject
    heading = Line(Letter.heading(of: subject, insurer: insurer))
    preheader = Letter.preheader(of: paragraphs)
    hasPreheader = !preheader.isEmpty
    accent = brand.facts.accentColour
    accentOnDark = brand.facts.accentColourOnDark
    parts = Part.all(of: paragraphs, insurer: insurer)
    contact = Line(texts["mail.footer.contact"])
    portalLabel = texts["mail.footer.portal"]
    self.portal = portal
    isLinked = portal.hasPrefix("https://")
    why = Line(texts["mail.footer.why"])
  }

  /// The lines between empty ones, without the spaces around them and without control characters,
  /// which HTML does not allow.
  ///
  /// Whatever ends a line in Unicode ends it here.
  static func paragraphs(of text: String) -> [[String]] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { line in
        let allowed = line.unicodeScalars.filter {
          $0.properties.generalCategory != .control || $0.properties.isWhitespace
        }
        return String(String.UnicodeScalarView(allowed)).trimmingCharacters(in: .whitespaces)
      }
      .split(separator: "").map(Array.init)
  }

  /// The subject as the letter's own title: the insurer's name stands above it already.
  private static func heading(of subject: String, insurer: String) -> String {
    let start = "\(insurer): "
    guard subject.hasPrefix(start), subject.count > start.count else { return subject }
    let rest = subject.dropFirst(start.count)
    return rest.prefix(1).uppercased() + rest.dropFirst()
  }

  /// The first sentence after the greeting, for the list of letters, where others may look on.
  ///
  /// Nothing when a code stands in it.
  private static func preheader(of paragraphs: [[String]]) -> String {
    let prose = paragraphs.dropFirst().first { !Part.isRule($0) && !Part.isCode($0) }
    guard let text = prose?.joined(separator: " ") else { return "" }
    let sentence = text.firstMatch(of: #/^.+?[.!?:](?=\s|$)/#).map { String($0.output) } ?? text
    let words = sentence.split { !$0.isLetter && !$0.isNumber }
    guard !words.contains(where: { Part.isCode([String($0)]) }) else { return "" }
    return sentence.hasSuffix(":") ? String(sentence.dropLast()) : sentence
  }
}
