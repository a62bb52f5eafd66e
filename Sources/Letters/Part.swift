internal import Domain
internal import Mustache

/// A row of a letter: a paragraph, the code, a link, a rule, or a piece of the document that it
/// holds.
///
/// Exactly one of the truths holds. The template reads the properties by their names.
struct Part {
  let isText: Bool
  let isCode: Bool
  let isRule: Bool
  let isTitle: Bool
  let isHeading: Bool
  let isList: Bool
  let isLink: Bool
  let lines: [Line]

  static let names =
    ["isText", "isCode", "isRule", "isTitle", "isHeading", "isList", "isLink", "lines"] + Line.names

  enum Kind {
    case text
    case code
    case rule
    case title
    case heading
    case list
    case link
  }

  init(_ kind: Kind, _ lines: [String]) {
    self.init(kind, lines: lines.enumerated().map { Line($1, isLater: $0 > 0) })
  }

  init(_ kind: Kind, lines: [Line]) {
    isText = kind == .text
    isCode = kind == .code
    isRule = kind == .rule
    isTitle = kind == .title
    isHeading = kind == .heading
    isList = kind == .list
    isLink = kind == .link
    self.lines = lines
  }

  var kind: Kind {
    if isCode { return .code }
    if isRule { return .rule }
    if isTitle { return .title }
    if isHeading { return .heading }
    if isLink { return .link }
    return isList ? .list : .text
  }

  // MARK: Reading

  /// What a paragraph's parts depend on besides its own words.
  struct Surroundings: Hashable {
    /// Whether it stands between two rules, as a document does.
    let isInside: Bool
    /// Whether no code stands before it.
    let mayBeCode: Bool
  }

  /// The parts of each of a letter's paragraphs.
  ///
  /// A document is what stands in several lines between two rules; its lines are its paragraphs.
  /// - Parameter insurer: signs letters, and is no code even if it looks like one
  static func all(
    of paragraphs: [[String]], insurer: String
  ) -> [(surroundings: Surroundings, parts: [Part])] {
    let rules = paragraphs.indices.filter { isRule(paragraphs[$0]) }
    let inside = (rules.first ?? 0)..<(rules.last ?? 0)
    var hasCode = false
    return paragraphs.enumerated().map { place, lines in
      let surroundings = Surroundings(isInside: inside.contains(place), mayBeCode: !hasCode)
      let parts = parts(of: lines, surroundings, insurer: insurer)
      hasCode = hasCode || parts.contains(where: \.isCode)
      return (surroundings, parts)
    }
  }

  /// The parts of one paragraph.
  static func parts(
    of lines: [String], _ surroundings: Surroundings, insurer: String
  ) -> [Part] {
    if isRule(lines) { return [Part(.rule, [])] }
    if surroundings.mayBeCode, isCode(lines), lines != [insurer] { return [Part(.code, lines)] }
    if isLink(lines), !surroundings.isInside { return [Part(.link, lines)] }
    if lines.count > 1, surroundings.isInside { return document(lines) }
    return [Part(.text, lines)]
  }

  static func isRule(_ lines: [String]) -> Bool {
    lines.count == 1 && lines[0].utf8.count >= 3
      && lines[0].utf8.allSatisfy { $0 == UInt8(ascii: "-") }
  }

  /// An address alone, of `https`: a button in HTML.
  static func isLink(_ lines: [String]) -> Bool {
    lines.count == 1 && lines[0].utf8.starts(with: "https://".utf8)
      && !lines[0].utf8.contains(UInt8(ascii: " "))
  }

  static func isCode(_ lines: [String]) -> Bool {
    lines.count == 1 && lines[0].utf8.count == VerificationCode.length
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
    let rest = line.drop(while: \.isNumber)
    guard rest.startIndex > line.startIndex, rest.first == ".",
      rest.dropFirst().first?.isWhitespace == true
    else { return false }
    return isOpen(line)
  }

  /// Whether the line is short and ends without a mark, as titles do.
  private static func isOpen(_ line: String) -> Bool {
    line.count <= 100 && !".,;:!?".contains(line.last ?? ".")
  }
}

// Told by name, which is quicker than a mirror.
extension Part: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "isText": isText
    case "isCode": isCode
    case "isRule": isRule
    case "isTitle": isTitle
    case "isHeading": isHeading
    case "isList": isList
    case "isLink": isLink
    case "lines": lines
    default: nil
    }
  }
}
