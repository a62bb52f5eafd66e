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
    self.words = words
    self.isLater = isLater
    pieces = Line.pieces(of: words)
  }

  /// A word with a hyphen is torn there, a phone number too. It is kept whole when it is short.
  private static func pieces(of words: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = words[...]
    // Word for word, and none that is long: looking into a long one costs the square of its length.
    let short = words.matches(of: #/\S+/#).map(\.output)
      .filter { $0.utf8.count <= longestLookedAt }
    for match in short.flatMap({ $0.matches(of: #/[\p{L}\p{N}+]+(?:-[\p{L}\p{N}]+)+/#) })
    where match.output.count <= longestWhole {
      let before = rest[..<match.startIndex]
      if !before.isEmpty { pieces.append(Piece(piece: String(before), isWhole: false)) }
      pieces.append(Piece(piece: String(match.output), isWhole: true))
      rest = rest[match.endIndex...]
    }
    if !rest.isEmpty { pieces.append(Piece(piece: String(rest), isWhole: false)) }
    return pieces
  }
}
