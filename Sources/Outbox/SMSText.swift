/// How a text travels as SMS: in which alphabet, with what length, in how many parts.
///
/// The text is taken as it stands; to make a plain one, see ``GSM7/transliterate(_:)``.
package struct SMSText: Hashable, Sendable {
  /// The two alphabets of 3GPP TS 23.038. One letter outside GSM 7-bit puts all of it in UCS-2.
  package enum Encoding: String, Hashable, Sendable {
    case gsm7, ucs2

    /// Units of a single message, and of each part of a longer one: the header that joins the parts
    /// takes 6 of 140 bytes (3GPP TS 23.040, 9.2.3.24.1).
    var capacity: (one: Int, each: Int) {
      switch self {
      case .gsm7: (GSM7.septetsOfOne, GSM7.septetsOfEach)
      case .ucs2: (70, 67)
      }
    }
  }

  package let encoding: Encoding
  /// Septets, escapes included, or UTF-16 units.
  package let units: Int
  /// Messages that are sent and paid for; an empty text is also one.
  package let segments: Int

  package var isOneSegment: Bool { segments == 1 }

  package init(_ text: String) {
    let isPlain = GSM7.encode(text) != nil
    encoding = isPlain ? .gsm7 : .ucs2
    let widths = text.unicodeScalars.map {
      isPlain ? (GSM7.isExtended($0) ? 2 : 1) : UTF16.width($0)
    }
    units = widths.reduce(0, +)
    let capacity = encoding.capacity
    segments = units <= capacity.one ? 1 : Self.parts(widths, of: capacity.each)
  }

  /// An escape and its septet, or the two halves of a surrogate pair, stay in one part: phones show
  /// split ones as other characters. So a part may be one unit short.
  private static func parts(_ widths: [Int], of capacity: Int) -> Int {
    var parts = 1
    var room = capacity
    for width in widths {
      if width > room {
        parts += 1
        room = capacity
      }
      room -= width
    }
    return parts
  }
}
