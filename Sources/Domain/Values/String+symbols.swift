extension String {
  /// More bytes than anybody needs to write a number or a code, however they space it.
  ///
  /// Longer text is refused before it is read.
  static var longestTypedNumber: Int { 256 }

  /// The letters and digits of typed text, in upper case, without what stands between them.
  ///
  /// It is nil if the text holds anything else: a character that was meant to say something is
  /// never dropped.
  func symbols(skipping isSkipped: (Unicode.Scalar) -> Bool) -> [UInt8]? {
    var symbols: [UInt8] = []
    for scalar in unicodeScalars where !isSkipped(scalar) {
      guard let byte = UInt8(exactly: scalar.value), byte.isLetter || byte.isDigit else {
        return nil
      }
      symbols.append(byte.upperCased)
    }
    return symbols
  }
}
