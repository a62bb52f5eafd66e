internal import TestSupport

/// A document has one title, which it begins with.
enum MarkdownRules {
  static func faults(in file: Repository.File) -> [Fault] {
    var titles: [Int] = []
    var firstLine: Int?
    var isCode = false
    for (place, line) in file.text.split(
      separator: "\n", omittingEmptySubsequences: false
    ).enumerated() {
      if line.hasPrefix("```") { isCode.toggle() }
      if isCode { continue }
      if line.hasPrefix("# ") { titles.append(place + 1) }
      if firstLine == nil, !line.isEmpty { firstLine = place + 1 }
    }
    guard titles.count == 1 else {
      return [Fault(file: file.path, line: 1, words: "\(titles.count) titles; exactly one")]
    }
    guard titles[0] == firstLine else {
      return [Fault(file: file.path, line: titles[0], words: "the title is not the first line")]
    }
    return []
  }
}
