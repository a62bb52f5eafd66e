extension String {
  /// More bytes than anybody needs to write a number or a code, however it is spaced.
  ///
  /// Longer text is refused without being read.
  static var longestTypedNumber: Int { 256 }

  /// The text without what surrounds it; the same text where that is nothing.
  func trimmed(of isDropped: (Unicode.Scalar) -> Bool) -> Substring {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !isDropped($0) }),
      let last = scalars.lastIndex(where: { !isDropped($0) })
    else { return self[endIndex...] }
    return Substring(scalars[first...last])
  }

  /// The text without spaces and marks that nobody sees, wherever they are.
  package var unspaced: String {
    String(unicodeScalars.filter { !$0.isSpacing })
  }

  /// The same without hyphens and dashes, too: what groups a code's characters.
  package var ungrouped: String {
    String(unicodeScalars.filter { !$0.isSpacing && !$0.isDash })
  }

  /// The letters and digits of typed text, in upper case, without what separates them.
  ///
  /// It is nil if the text contains anything else: a character that may have had a meaning is never
  /// dropped.
  func symbols(skipping isSkipped: (Unicode.Scalar) -> Bool) -> [UInt8]? {
    var symbols: [UInt8] = []
    symbols.reserveCapacity(utf8.count)
    for scalar in unicodeScalars where !isSkipped(scalar) {
      guard let byte = UInt8(exactly: scalar.value), byte.isLetter || byte.isDigit else {
        return nil
      }
      symbols.append(byte.upperCased)
    }
    return symbols
  }
}
