/// A number that a customer had before the insurer renumbered its customers.
///
/// People find it on old papers and type it by mistake. It opens nothing; it only tells staff what
/// went wrong. Old systems assigned numbers of any length.
package struct OldCustomerNumber: Hashable, Sendable, Masked {
  package static let lengths = 1...20

  /// The canonical form: 1 to 20 bytes, each `A`…`Z` or `0`…`9`.
  package let text: String

  package init(_ written: String) throws(Invalid) {
    guard written.utf8.count <= String.longestTypedNumber else { throw .tooLong }
    guard let symbols = written.symbols(skipping: \.isGrouping) else { throw .characters }
    guard !symbols.isEmpty else { throw .empty }
    guard symbols.count <= Self.lengths.upperBound else { throw .tooLong }
    text = String(decoding: symbols, as: UTF8.self)
  }

  package var masked: String { text.lastTwoShown }

  package enum Invalid: Error, Equatable {
    case empty
    case tooLong
    case characters
  }
}
