/// The characters that codes are made of.
package enum CodeAlphabet: String, CaseIterable, Sendable {
  case digits
  /// Letters and digits that cannot be taken for one another: no `I`, `L`, `O`, `0`, `1`.
  case unambiguous

  /// 10 symbols, or 31: 23 letters and 8 digits.
  package var symbols: [UInt8] { letters + numerals }

  var letters: [UInt8] {
    switch self {
    case .digits: []
    case .unambiguous: Array("ABCDEFGHJKMNPQRSTUVWXYZ".utf8)
    }
  }

  var numerals: [UInt8] {
    switch self {
    case .digits: Array("0123456789".utf8)
    case .unambiguous: Array("23456789".utf8)
    }
  }
}
