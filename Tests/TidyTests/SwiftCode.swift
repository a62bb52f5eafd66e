/// A Swift file with its comments, texts and quoted names taken out, line by line.
///
/// What is left is code: a banned word in a text is no fault, and a brace in a comment opens
/// nothing. Places of texts that hold code are kept, since code stands there too.
struct SwiftCode {
  let lines: [Substring]
  let text: String

  init(_ source: String) {
    var scanner = Scanner(source)
    scanner.scanCode(until: nil)
    text = scanner.kept
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The lines on which regular expressions begin, as in `#/a+/#`.
  static func patterns(in source: String) -> [Int] {
    var scanner = Scanner(source)
    scanner.scanCode(until: nil)
    return scanner.patterns
  }

  private struct Scanner {
    private let source: [Character]
    private var place = 0
    private(set) var kept = ""
    private(set) var patterns: [Int] = []

    init(_ text: String) {
      // Windows line ends are one character to Swift.
      source = Array(text.replacing("\r\n", with: "\n"))
    }

    private func starts(_ words: String, at offset: Int = 0) -> Bool {
      source[min(place + offset, source.count)...].starts(with: words)
    }

    /// Reads code up to a closing bracket that nothing in it has opened.
    mutating func scanCode(until end: Character?) {
      var depth = 0
      while place < source.count {
        let character = source[place]
        if let end, character == end, depth == 0 { return }
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        switch character {
        case "/" where starts("//"): skipLine()
        case "/" where starts("/*"): skipBlock()
        case "/" where isPattern: skipText(pounds: 0)
        case "\"": skipText(pounds: 0)
        case "#" where isRawText: skipText(pounds: pounds)
        case "`": skipName()
        default:
          kept.append(character)
          place += 1
        }
      }
    }

    private var pounds: Int { source[place...].prefix { $0 == "#" }.count }

    /// Whether a row of `#` opens a text, or a pattern, which is skipped alike.
    private var isRawText: Bool {
      let next = place + pounds
      return next < source.count && (source[next] == "\"" || source[next] == "/")
    }

    /// Whether a slash opens a pattern: one that divides has something to divide before it.
    private var isPattern: Bool {
      guard let before = kept.last(where: { $0 != " " }), place + 1 < source.count else {
        return false
      }
      return "(,:=[".contains(before) && source[place + 1] != " "
    }

    private mutating func skipLine() {
      while place < source.count, source[place] != "\n" { place += 1 }
    }

    private mutating func skipBlock() {
      place += 2
      while place < source.count, !starts("*/") { keepLineEnd() }
      place = min(place + 2, source.count)
    }

    private mutating func skipName() {
      place += 1
      while place < source.count, source[place] != "`" { place += 1 }
      place = min(place + 1, source.count)
      kept += "name"
    }

    private mutating func skipText(pounds: Int) {
      place += pounds
      guard place < source.count else { return }
      let mark = source[place]
      if mark == "/" { patterns.append(source[..<place].count { $0 == "\n" } + 1) }
      let isBlock = mark == "\"" && starts("\"\"\"")
      let close = String(repeating: mark, count: isBlock ? 3 : 1)
      let end = close + String(repeating: "#", count: pounds)
      place += close.count
      kept.append("\"")
      let escape = "\\" + String(repeating: "#", count: pounds)
      while place < source.count, !starts(end) {
        if mark == "\"", starts(escape + "(") {
          place += escape.count + 1
          kept.append("(")
          scanCode(until: ")")
          kept.append(")")
          place += 1
        } else if mark == "\"" ? starts(escape) : starts("\\") {
          place += (mark == "\"" ? escape.count : 1) + 1
        } else {
          keepLineEnd()
        }
      }
      place = min(place + end.count, source.count)
      kept.append("\"")
    }

    private mutating func keepLineEnd() {
      if source[place] == "\n" { kept.append("\n") }
      place += 1
    }
  }
}
