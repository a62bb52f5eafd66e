/// An encoding of one byte a character, the lower half of which is ASCII.
struct CodePage: Sendable {
  /// The characters of the bytes 0x80 to 0xFF.
  private let upperHalf: [Unicode.Scalar]

  /// The code page of Central European Windows.
  static let windows1250 = CodePage(
    """
    €\u{FFFD}‚\u{FFFD}„…†‡\u{FFFD}‰Š‹ŚŤŽŹ\
    \u{FFFD}‘’“”•–—\u{FFFD}™š›śťžź\
    \u{A0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{AD}®Ż\
    °±˛ł´µ¶·¸ąş»Ľ˝ľż\
    \(letters)
    """)

  /// ISO 8859-2; its bytes 0x80 to 0x9F are control characters.
  static let iso88592 = CodePage(
    String(repeating: "\u{FFFD}", count: 32) + """
      \u{A0}Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u{AD}ŽŻ\
      °ą˛ł´ľśˇ¸šşťź˝žż\
      \(letters)
      """)

  /// The last 64 characters, which both have alike, sixteen a line.
  private static let letters = """
    ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎ\
    ĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß\
    ŕáâăäĺćçčéęëěíîď\
    đńňóôőö÷řůúűüýţ˙
    """

  private init(_ characters: String) {
    upperHalf = Array(characters.unicodeScalars)
    precondition(upperHalf.count == 128, "A code page has 256 characters.")
  }

  /// Stands in the tables for the bytes that have no character.
  private static let unassigned: Unicode.Scalar = "\u{FFFD}"

  /// The text of the bytes, or nil if one of them has no character.
  func decode(_ bytes: ArraySlice<UInt8>) -> String? {
    if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
    var text = ""
    text.unicodeScalars.reserveCapacity(bytes.count)
    for byte in bytes {
      guard let scalar = scalar(of: byte) else { return nil }
      text.unicodeScalars.append(scalar)
    }
    return text
  }

  /// The bytes of a text; what has no byte becomes a question mark.
  func encode(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { scalar in
      if scalar.value < 0x80 { return UInt8(scalar.value) }
      return upperHalf.firstIndex(of: scalar).map { UInt8($0 + 0x80) } ?? UInt8(ascii: "?")
    }
  }

  private func scalar(of byte: UInt8) -> Unicode.Scalar? {
    guard byte >= 0x80 else { return Unicode.Scalar(byte) }
    let scalar = upperHalf[Int(byte) - 0x80]
    return scalar == Self.unassigned ? nil : scalar
  }
}
