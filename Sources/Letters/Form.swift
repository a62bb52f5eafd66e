/// HTML with places, cut at them once: what is written in them goes between the pieces.
struct Form: Sendable {
  private let pieces: [Piece]
  /// Bytes of all that stands between the places.
  private let fixed: Int

  private enum Piece {
    case markup([UInt8])
    case place(Int)
  }

  /// Something for a template to write where a place is to be.
  ///
  /// No alphabet has the two characters: Unicode leaves them to private use.
  static func mark(_ place: Int) -> String { "\(open)\(place)\(close)" }

  private static let open: Unicode.Scalar = "\u{10FFF0}"
  private static let close: Unicode.Scalar = "\u{10FFF1}"

  /// Cuts what a template wrote of marks.
  ///
  /// - Parameter places: how many there are
  /// - Returns: `nil` when somebody else has made marks of the same kind
  init?(cutting html: String, places: Int) {
    var pieces: [Piece] = []
    var rest = html.unicodeScalars[...]
    while let open = rest.firstIndex(of: Form.open) {
      guard let close = rest[open...].firstIndex(of: Form.close),
        let place = Int(String(rest[rest.index(after: open)..<close])),
        (0..<places).contains(place)
      else { return nil }
      pieces.append(.markup(Array(String(rest[..<open]).utf8)))
      pieces.append(.place(place))
      rest = rest[rest.index(after: close)...]
    }
    pieces.append(.markup(Array(String(rest).utf8)))
    self.pieces = pieces
    fixed = pieces.reduce(0) { count, piece in
      if case .markup(let bytes) = piece { count + bytes.count } else { count }
    }
  }

  /// The HTML with what belongs in its places, written into one buffer.
  ///
  /// - Parameter values: escaped, in the order of the places' numbers
  func filled(_ values: [[UInt8]]) -> String {
    let length = pieces.reduce(fixed) { count, piece in
      if case .place(let place) = piece { count + values[place].count } else { count }
    }
    return String(unsafeUninitializedCapacity: length) { buffer in
      var end = 0
      for piece in pieces {
        let bytes =
          switch piece {
          case .markup(let bytes): bytes
          case .place(let place): values[place]
          }
        end = buffer[end...].update(fromContentsOf: bytes)
      }
      return end
    }
  }
}
