internal import Mustache

/// Words in a row, whole and in the pieces that may be parted at the end of a line.
struct Line {
  let words: String
  let pieces: [Piece]
  /// Whether a line of the same part stands before it.
  let isLater: Bool

  struct Piece {
    let piece: String
    /// Whether no line may end in it.
    let isWhole: Bool
  }

  static let names = ["words", "pieces", "isLater", "piece", "isWhole"]

  /// A longer word would not fit beside another, large, on a narrow phone.
  private static let longestWhole = 16
  /// Bytes of a word, marks around it and all, that may hold one of those.
  private static let longestLookedAt = 80

  init(_ words: String, isLater: Bool = false) {
    self.init(words: words, pieces: Line.pieces(of: words), isLater: isLater)
  }

  init(words: String, pieces: [Piece], isLater: Bool) {
    self.words = words
    self.pieces = pieces
    self.isLater = isLater
  }

  /// A word with a hyphen is torn there, a phone number too. It is kept whole when it is short.
  private static func pieces(of words: String) -> [Piece] {
    // Most lines have no hyphen, and nothing to look for.
    guard words.utf8.contains(hyphen) else {
      return words.isEmpty ? [] : [Piece(piece: words, isWhole: false)]
    }
    var pieces: [Piece] = []
    var rest = words[...]
    // Word for word, and none that is long: what is kept whole is short.
    for word in words.split(whereSeparator: \.isWhitespace)
    where word.utf8.count <= longestLookedAt && word.utf8.contains(hyphen)
      && !word.contains("://")
    {
      for whole in hyphenated(in: word) where whole.count <= longestWhole {
        let before = rest[..<whole.startIndex]
        if !before.isEmpty { pieces.append(Piece(piece: String(before), isWhole: false)) }
        pieces.append(Piece(piece: String(whole), isWhole: true))
        rest = rest[whole.endIndex...]
      }
    }
    if !rest.isEmpty { pieces.append(Piece(piece: String(rest), isWhole: false)) }
    return pieces
  }

  private static let hyphen = UInt8(ascii: "-")

  /// Letters and digits with hyphens between them; a number may begin with a plus sign.
  private static func hyphenated(in word: Substring) -> [Substring] {
    var found: [Substring] = []
    var rest = word
    while let start = rest.firstIndex(where: { isLetterOrNumber($0) || $0 == "+" }) {
      var end = rest[start...].firstIndex { !isLetterOrNumber($0) && $0 != "+" } ?? rest.endIndex
      let first = end
      while end < rest.endIndex, rest[end] == "-" {
        let next = rest.index(after: end)
        let last = rest[next...].firstIndex { !isLetterOrNumber($0) } ?? rest.endIndex
        if last == next { break }
        end = last
      }
      if end > first { found.append(rest[start..<end]) }
      rest = rest[end...]
    }
    return found
  }

  /// A letter with its accents is one character.
  private static func isLetterOrNumber(_ character: Character) -> Bool {
    switch character.unicodeScalars.first?.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}

// Told by name, which is quicker than a mirror.
extension Line: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "words": words
    case "pieces": pieces
    case "isLater": isLater
    default: nil
    }
  }
}

extension Line.Piece: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "piece": piece
    case "isWhole": isWhole
    default: nil
    }
  }
}
