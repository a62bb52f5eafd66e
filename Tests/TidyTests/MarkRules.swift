internal import TestSupport

/// A mark such as `J3` or `attack 33` leads to a heading, a decision's number to its page, a
/// document's name to the document; none of them leads out of this repository.
struct MarkRules: Sendable {
  /// Where the headings of marks are.
  static let rules = "docs/rules.md"
  static let interfaces = "docs/interfaces.md"
  static let attacks = "docs/security/attacks.md"

  private let headings: Set<String>
  private let decisions: Set<String>
  /// The anchors of each document by its path.
  private let anchors: [String: Set<String>]

  init(documents: [Repository.File]) {
    var headings: Set<String> = []
    var anchors: [String: Set<String>] = [:]
    for document in documents {
      let titles = Self.titles(of: document)
      anchors[document.path] = Set(titles.map { Self.anchor(of: $0.words) })
      guard [Self.rules, Self.interfaces, Self.attacks].contains(document.path) else { continue }
      headings.formUnion(titles.compactMap { Self.mark(ofTitle: $0.words) })
    }
    self.headings = headings
    self.anchors = anchors
    decisions = Set(
      documents.filter { $0.path.hasPrefix("docs/decisions/") }.map { String($0.name.prefix(4)) })
  }

  // MARK: Faults

  func faults(in file: Repository.File) -> [Fault] {
    let unknown = Self.marks(in: file.text).filter { !headings.contains($0.name) }.map {
      Fault(
        file: file.path, line: $0.line, words: "«\($0.name)» has no heading in \($0.home)")
    }
    return unknown + pages(in: file) + Self.strangers(in: file)
  }

  /// Attacks that nobody but their own page names.
  func unnamedAttacks(in files: [Repository.File]) -> [String] {
    let named = files.filter { $0.path != Self.attacks }
      .flatMap { Self.marks(in: $0.text).map(\.name) }
    return headings.filter { $0.hasPrefix("attack ") }.subtracting(named).sorted()
  }

  /// Decisions and documents that are not there.
  private func pages(in file: Repository.File) -> [Fault] {
    let isDocument = file.path.hasSuffix(".md")
    return Self.lines(of: file.text).flatMap { number, line -> [Fault] in
      var missing: [String] = []
      if line.contains("ecision") {
        missing += line.matches(of: #/[Dd]ecisions? ([0-9]{4})/#).map { String($0.output.1) }
          .filter { !decisions.contains($0) }
      }
      if line.contains(".md") {
        missing += line.matches(of: #/[\w./-]*\w\.md(?:#[\w-]+)?/#).map { String($0.output) }
          .filter { !isThere($0, from: file.path) }
      }
      if isDocument, line.contains("](#") {
        missing += line.matches(of: #/\]\(#([\w-]+)\)/#).map { String($0.output.1) }
          .filter { anchors[file.path]?.contains($0) != true }
      }
      return missing.map {
        Fault(file: file.path, line: number, words: "«\($0)» is not in this repository")
      }
    }
  }

  private func isThere(_ mention: String, from path: String) -> Bool {
    // What follows the scheme of an address elsewhere.
    if mention.hasPrefix("//") { return true }
    let parts = mention.split(separator: "#", maxSplits: 1).map(String.init)
    let folder = path.split(separator: "/").dropLast().map(String.init)
    return [folder, []].contains { start in
      guard let anchors = anchors[Self.path(parts[0], from: start)] else { return false }
      return parts.count == 1 || anchors.contains(parts[1])
    }
  }

  private static func path(_ name: String, from folder: [String]) -> String {
    var steps = folder
    for step in name.split(separator: "/") {
      switch step {
      case ".": break
      case "..": if !steps.isEmpty { steps.removeLast() }
      default: steps.append(String(step))
      }
    }
    return steps.joined(separator: "/")
  }

  /// Words that mean papers which nobody here has; split, so that this file does not hold them.
  private static let foreign = [
    "house" + " style ", "house" + " style, ", "the" + " specification", "The" + " specification",
    "ontract" + ", part ", "ontract" + " part ", ".." + "/shared",
  ]

  /// Marks that are written in another way, or that belong to papers which nobody here has.
  private static func strangers(in file: Repository.File) -> [Fault] {
    let isSuspect = foreign.contains { file.text.contains($0) }
    return lines(of: file.text).flatMap { number, line -> [Fault] in
      var found = isSuspect ? foreign.filter { line.contains($0) } : []
      if hasDigit(line) {
        // Two digits behind a hyphen, or a letter with a digit in brackets.
        found += line.matches(of: #/\b[GMRS]-[0-9]{2}\b/#).map { String($0.output) }
        found += line.matches(of: #/\(([A-Z])( ?)[0-9]{1,2}[,)]/#).filter { match in
          !"DIJPR".contains(match.output.1) || match.output.2.isEmpty == (match.output.1 == "D")
        }.map { String($0.output.0) }
      }
      return found.map {
        Fault(
          file: file.path, line: number,
          words: "«\($0)» is no mark; write one of \(rules), or the sentence that is meant")
      }
    }
  }

  // MARK: Reading

  struct Mark: Hashable {
    let name: String
    let line: Int

    fileprivate var home: String {
      name.hasPrefix("attack") ? attacks : name.hasPrefix("I") ? interfaces : rules
    }
  }

  /// The marks of a text, ranges of attacks written out.
  static func marks(in text: String) -> [Mark] {
    lines(of: text).filter { hasDigit($0.line) }.flatMap { number, line in
      line.matches(of: #/(?:^|[\s(|,;`])(D [0-9]{1,2}|[IJPR][0-9]{1,2})(?![\w-])/#).map {
        Mark(name: String($0.output.1), line: number)
      }
    } + attackMarks(in: text)
  }

  private static func attackMarks(in text: String) -> [Mark] {
    guard text.contains("ttack") else { return [] }
    // A list may go on behind the marks of a comment in the next line.
    let list =
      #/
        [Aa]ttacks? [^\w,.;:()"]+
        ( [0-9]+ (?: , [^\w"]* (?: and [^\w,"]+ )? [0-9]+ | [^\w,.;:()"]+ (?:and|to) [^\w,"]+ [0-9]+ )* )
      /#
    return text.matches(of: list).flatMap { match -> [Mark] in
      let line = text[..<match.range.lowerBound].count { $0 == "\n" } + 1
      var numbers: [Int] = []
      var isRange = false
      for word in match.output.1.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
        guard let number = Int(word) else {
          isRange = word == "to"
          continue
        }
        if isRange, let first = numbers.last, first < number { numbers += first + 1..<number }
        numbers.append(number)
        isRange = false
      }
      return numbers.map { Mark(name: "attack \($0)", line: line) }
    }
  }

  /// Most lines have none, and bytes are read faster than letters.
  private static func hasDigit(_ line: Substring) -> Bool {
    line.utf8.contains { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
  }

  private static func lines(of text: String) -> [(number: Int, line: Substring)] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map { (number: $0.offset + 1, line: $0.element) }
  }

  /// The headings of a document, without what stands in code.
  private static func titles(of file: Repository.File) -> [(line: Int, words: String)] {
    var isCode = false
    return lines(of: file.text).compactMap { number, line in
      if line.hasPrefix("```") { isCode.toggle() }
      guard !isCode, line.hasPrefix("#"), let space = line.firstIndex(of: " ") else { return nil }
      return (number, String(line[line.index(after: space)...]))
    }
  }

  /// The mark that a heading explains: all of it, or what stands before the colon.
  private static func mark(ofTitle title: String) -> String? {
    let name = title.split(separator: ":", maxSplits: 1).first.map(String.init) ?? title
    let mark = name.hasPrefix("Attack ") ? name.lowercased() : name
    return marks(in: mark).first?.name == mark ? mark : nil
  }

  /// A heading's name in an address, as GitHub makes it.
  private static func anchor(of title: String) -> String {
    title.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
      .replacing(" ", with: "-")
  }
}
