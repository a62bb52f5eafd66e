/// The seven characters by which the insurer knows a customer («ügyfélszámlaszám»).
///
/// People copy it from paper, so letter case and whatever groups the characters are ignored.
package struct CustomerNumber: Hashable, Sendable, Masked {
  package static let length = 7

  /// The canonical form: seven bytes, each `A`…`Z` or `0`…`9`.
  package let text: String

  package init(_ typed: String) throws(Invalid) {
    guard typed.utf8.count <= String.longestTypedNumber else {
      throw .length(typed.utf8.count)
    }
    guard let symbols = typed.symbols(skipping: \.isGrouping) else { throw .characters }
    guard !symbols.isEmpty else { throw .empty }
    guard symbols.count == Self.length else { throw .length(symbols.count) }
    text = String(decoding: symbols, as: UTF8.self)
  }

  package var masked: String { text.lastTwoShown }

  package enum Invalid: Error, Equatable {
    case empty
    /// This many characters, not seven.
    case length(Int)
    case characters
  }
}
