/// The code page of Central European Windows.
enum Windows1250 {
  /// The text of the bytes, or nil if one of them stands for nothing.
  static func decode(_ bytes: [UInt8]) -> String? {
    var text = ""
    text.unicodeScalars.reserveCapacity(bytes.count)
    for byte in bytes {
      guard let scalar = scalar(of: byte) else { return nil }
      text.unicodeScalars.append(scalar)
    }
    return text
  }

  private static func scalar(of byte: UInt8) -> Unicode.Scalar? {
    guard byte >= 0x80 else { return Unicode.Scalar(byte) }
    let scalar = upperHalf[Int(byte) - 0x80]
    return scalar == unassigned ? nil : scalar
  }

  /// Stands in the table for the five bytes that have no character.
  private static let unassigned: Unicode.Scalar = "\u{FFFD}"

  /// The characters of the bytes 0x80 to 0xFF, sixteen a line.
  private static let upperHalf = Array(
    """
    €\u{FFFD}‚\u{FFFD}„…†‡\u{FFFD}‰Š‹ŚŤŽŹ\
    \u{FFFD}‘’“”•–—\u{FFFD}™š›śťžź\
    \u{A0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{AD}®Ż\
    °±˛ł´µ¶·¸ąş»Ľ˝ľż\
    ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎ\
    ĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß\
    ŕáâăäĺćçčéęëěíîď\
    đńňóôőö÷řůúűüýţ˙
    """.unicodeScalars)
}
