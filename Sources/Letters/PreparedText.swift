internal import Foundation
internal import Wording

/// The words of one of the brand's letters, cut at the places that differ from letter to letter.
struct PreparedText: Sendable {
  /// What stands before the first place, between the places, and after the last.
  private let words: [[UInt8]]
  let paragraphs: [Paragraph]

  /// A paragraph with a place in it, or one that is the same in each letter.
  enum Paragraph: Sendable {
    case fixed([String])
    /// Lines of words and places.
    case open([[Segment]])
  }

  enum Segment: Sendable {
    case words(String)
    case place(Int)
  }

  /// - Parameters:
  ///   - sentence: with places such as `{code}`
  ///   - known: what stands in places that are the same in each letter
  /// - Returns: `nil` for words with two places side by side, which nothing tells apart
  init?(_ sentence: String, known: [String: String]) {
    var words = [""]
    var names: [String] = []
    Texts.replacePlaces(in: sentence) { part in
      switch part {
      case .words(let more): words[words.count - 1] += more
      case .place(let name):
        if let value = known[name] {
          words[words.count - 1] += value
        } else {
          names.append(name)
          words.append("")
        }
      }
    }
    guard !words.dropFirst().dropLast().contains("") else { return nil }
    self.words = words.map { Array($0.utf8) }
    self.names = names
    paragraphs = PreparedText.paragraphs(of: words)
  }

  /// The names of the places in their order.
  let names: [String]

  /// What stands in the places of a text that has these words, and `nil` for any other text.
  func values(in text: String) -> [String]? {
    var text = text
    return text.withUTF8 { bytes in
      var values: [String] = []
      guard let first = words.first, bytes.starts(with: first) else { return nil }
      var rest = bytes.dropFirst(first.count)
      for (place, piece) in words.enumerated().dropFirst() {
        let isLast = place == words.count - 1
        let end =
          isLast ? rest.endIndex - piece.count : PreparedText.firstIndex(of: piece, in: rest)
        guard let end, end >= rest.startIndex, rest[end...].starts(with: piece) else { return nil }
        values.append(String(decoding: rest[..<end], as: UTF8.self))
        rest = rest[(end + piece.count)...]
      }
      return rest.isEmpty ? values : nil
    }
  }

  private static func firstIndex(
    of piece: [UInt8], in bytes: Slice<UnsafeBufferPointer<UInt8>>
  ) -> Int? {
    guard let first = piece.first else { return nil }
    var rest = bytes
    while let start = rest.firstIndex(of: first) {
      if bytes[start...].starts(with: piece) { return start }
      rest = bytes[(start + 1)...]
    }
    return nil
  }

  // MARK: Paragraphs

  private static func paragraphs(of words: [String]) -> [Paragraph] {
    var lines: [[Segment]] = [[]]
    for (place, piece) in words.enumerated() {
      if place > 0 { lines[lines.count - 1].append(.place(place - 1)) }
      let pieces = piece.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      for (number, line) in pieces.enumerated() {
        if number > 0 { lines.append([]) }
        if !line.isEmpty { lines[lines.count - 1].append(.words(String(line))) }
      }
    }
    return lines.split { isEmpty($0) }.map(paragraph)
  }

  /// Whether a line parts paragraphs. One with a place never does: what stands there is looked at
  /// when it is known.
  private static func isEmpty(_ line: [Segment]) -> Bool {
    line.allSatisfy { segment in
      if case .words(let words) = segment { Paragraphs.of(words).isEmpty } else { false }
    }
  }

  private static func paragraph(_ lines: ArraySlice<[Segment]>) -> Paragraph {
    let hasPlace = lines.joined().contains { if case .place = $0 { true } else { false } }
    if hasPlace { return .open(Array(lines)) }
    return .fixed(PreparedText.lines(Array(lines), with: []).first ?? [])
  }

  /// The paragraphs that open lines make with their places filled: one, unless what stands there is
  /// strange.
  static func lines(_ lines: [[Segment]], with values: [String]) -> [[String]] {
    let text = lines.map { line in
      line.map { segment in
        switch segment {
        case .words(let words): words
        case .place(let place): values[place]
        }
      }.joined()
    }
    return Paragraphs.of(text.joined(separator: "\n"))
  }
}
