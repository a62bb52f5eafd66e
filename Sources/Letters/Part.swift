internal import Domain

/// A row of a letter: a paragraph, the code, a rule, or a piece of the document that it holds.
///
/// Exactly one of the truths holds. The template reads the properties by their names.
struct Part {
  let isText: Bool
  let isCode: Bool
  let isRule: Bool
  let isTitle: Bool
  let isHeading: Bool
  let isList: Bool
  let lines: [Line]

  static let names =
    ["isText", "isCode", "isRule", "isTitle", "isHeading", "isList", "lines"] + Line.names

  enum Kind {
    case text
    case code
    case rule
    case title
    case heading
    case list
  }

  init(_ kind: Kind, _ lines: [String]) {
    isText = kind == .text
    isCode = kind == .code
    isRule = kind == .rule
    isTitle = kind == .title
    isHeading = kind == .heading
    isList = kind == .list
    self.lines = lines.enumerated().map { Line($1, isLater: $0 > 0) }
  }

  // MARK: Reading

  /// Reads a letter's paragraphs.
  ///
  /// A document is what stands in several lines between two rules; its lines are its paragraphs.
  /// - Parameter insurer: signs letters, and is no code even if it looks like one
  static func all(of paragraphs: [[String]], insurer: String) -> [Part] {
    let rules = paragraphs.indices.filter { isRule(paragraphs[$0]) }
    let inside = (rules.first ?? 0)..<(rules.last ?? 0)
    var parts: [Part] = []
    var hasCode = false
    for (place, lines) in paragraphs.enumerated() {
      if isRule(lines) {
        parts.append(Part(.rule, []))
      } else if !hasCode, isCode(lines), lines != [insurer] {
        parts.append(Part(.code, lines))
        hasCode = true
      } else if lines.count > 1, inside.contains(place) {
        parts += document(lines)
      } else {
        parts.append(Part(.text, lines))
      }
    }
    return parts
  }

  static func isRule(_ lines: [String]) -> Bool {
    lines.count == 1 && lines[0].count >= 3 && lines[0].allSatisfy { $0 == "-" }
  }

  static func isCode(_ lines: [String]) -> Bool {
    lines.count == 1
      && CodeAlphabet.allCases.contains { VerificationCode(lines[0], alphabet: $0) != nil }
  }

  private static func document(_ lines: [String]) -> [Part] {
    var parts: [Part] = []
    var items: [String] = []
    func endList() {
      if !items.isEmpty { parts.append(Part(.list, items)) }
      items = []
    }
    for (place, line) in lines.enumerated() {
      if line.hasPrefix("- ") {
        items.append(String(line.dropFirst(2)))
        continue
      }
      endList()
      let kind: Kind =
        isRule([line])
        ? .rule : place == 0 && isOpen(line) ? .title : isHeading(line) ? .heading : .text
      parts.append(Part(kind, kind == .rule ? [] : [line]))
    }
    endList()
    return parts
  }

  /// Such as «2. A szerződés tárgya», unlike «2.1. …» and unlike a numbered sentence.
  private static func isHeading(_ line: String) -> Bool {
    line.prefixMatch(of: #/\d+\.\s/#) != nil && isOpen(line)
  }

  /// Whether the line is short and ends without a mark, as titles do.
  private static func isOpen(_ line: String) -> Bool {
    line.count <= 100 && !".,;:!?".contains(line.last ?? ".")
  }
}
