/// The number of a policy («kötvényszám»), which differs in length from product to product.
package struct PolicyNumber: Hashable, Sendable, Masked {
  package static let lengths = 4...20

  /// The canonical form: 4 to 20 bytes, each `A`…`Z` or `0`…`9`.
  package let text: String

  package init(_ typed: String) throws(Invalid) {
    guard typed.utf8.count <= String.longestTypedNumber else { throw .tooLong }
    guard let symbols = typed.symbols(skipping: \.isGrouping) else { throw .characters }
    guard !symbols.isEmpty else { throw .empty }
    guard symbols.count >= Self.lengths.lowerBound else { throw .tooShort }
    guard symbols.count <= Self.lengths.upperBound else { throw .tooLong }
    text = String(decoding: symbols, as: UTF8.self)
  }

  package var masked: String { text.lastTwoShown }

  package enum Invalid: Error, Equatable {
    case empty
    case tooShort
    case tooLong
    case characters
  }
}
