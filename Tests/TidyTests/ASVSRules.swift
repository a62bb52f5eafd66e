internal import TestSupport

/// The table of `docs/security/asvs.md`: what it says of a row is true of the tests.
struct ASVSRules: Sendable {
  static let table = "docs/security/asvs.md"

  enum State: String, CaseIterable {
    case met
    case partly
    case notMet = "not met"
    case notForUs = "n/a"
  }

  struct Row {
    let line: Int
    let state: String
    let tests: [String]
    let words: String
  }

  /// The names of tests that exist: Swift files, and Python files and functions.
  private let tests: Set<String>

  init(tests files: [Repository.File]) {
    var tests: Set<String> = []
    for file in files {
      let name = file.name.prefix { $0 != "." }
      if file.name.hasSuffix("Tests.swift") || name.hasPrefix("test_") {
        tests.insert(String(name))
      }
      guard file.name.hasSuffix(".py") else { continue }
      for line in file.text.split(separator: "\n") {
        let start = line.drop { $0 == " " }
        guard start.hasPrefix("def test_") else { continue }
        tests.insert(String(start.dropFirst("def ".count).prefix { $0 != "(" }))
      }
    }
    self.tests = tests
  }

  func faults(in file: Repository.File) -> [Fault] {
    let rows = Self.rows(of: file)
    return rows.flatMap { row in
      faults(of: row).map { Fault(file: file.path, line: row.line, words: $0) }
    } + Self.miscounts(in: file, rows).map { Fault(file: file.path, line: 1, words: $0) }
  }

  private func faults(of row: Row) -> [String] {
    var words = row.tests.filter { !tests.contains($0) }.map { "«\($0)» is no test" }
    guard let state = State(rawValue: row.state) else {
      return words + ["«\(row.state)»: no state"]
    }
    if row.words.isEmpty { words.append("nothing is said of it") }
    if state == .met, row.tests.isEmpty { words.append("met, and no test shows it") }
    return words
  }

  /// Its own numbers of each state.
  private static func miscounts(in file: Repository.File, _ rows: [Row]) -> [String] {
    State.allCases.compactMap { state in
      let count = rows.count { $0.state == state.rawValue }
      return file.text.contains("\n| \(state.rawValue) | \(count) |\n")
        ? nil : "\(state.rawValue): there are \(count) rows"
    }
  }

  /// A row begins with its number in the standard.
  static func rows(of file: Repository.File) -> [Row] {
    file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .compactMap { place, line in
        let cells = line.split(separator: "|", omittingEmptySubsequences: false)
          .map { $0.trimmingSpaces }
        guard cells.count == 7, cells[1].first?.isNumber == true else { return nil }
        let tests = cells[4].split(separator: ",").map {
          String($0.filter { $0 != "`" && $0 != " " })
        }
        return Row(line: place + 1, state: cells[3], tests: tests, words: cells[5])
      }
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
