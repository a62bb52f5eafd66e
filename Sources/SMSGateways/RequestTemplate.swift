/// An operator's pattern for a part of a request, with placeholders for what differs from message
/// to message.
struct RequestTemplate: Sendable {
  enum Place: String, CaseIterable {
    case number
    case text
    case key
    case minutes
    case receipt
  }

  private enum Piece {
    case words(Substring)
    case place(Place)
  }

  private let pieces: [Piece]

  struct Invalid: Error, CustomStringConvertible {
    let description: String
  }

  /// - Throws: ``Invalid`` for a word in braces that is no placeholder. Other braces are JSON's.
  init(_ pattern: String) throws(Invalid) {
    var pieces: [Piece] = []
    var rest = Substring(pattern)
    while let match = rest.firstMatch(of: #/\{([A-Za-z]+)\}/#) {
      guard let place = Place(rawValue: String(match.1)) else {
        throw Invalid(description: "there is no place {\(match.1)}")
      }
      pieces.append(.words(rest[..<match.range.lowerBound]))
      pieces.append(.place(place))
      rest = rest[match.range.upperBound...]
    }
    pieces.append(.words(rest))
    self.pieces = pieces
  }

  /// The pattern with a message's values, each escaped for its context; placeholders in a value are
  /// not filled again.
  func filled(_ values: (Place) -> String, escaping escape: (String) -> String) -> String {
    pieces.map { piece in
      switch piece {
      case .words(let words): String(words)
      case .place(let place): escape(values(place))
      }
    }.joined()
  }
}
