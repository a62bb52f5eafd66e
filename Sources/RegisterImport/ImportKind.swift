/// What the files of an import are.
package enum ImportKind: Equatable, Sendable {
  /// All that the register shall hold; as it was after a delivery, if that has a number.
  case whole(delivery: Int64? = nil)
  /// What has changed since the delivery before.
  case changes(delivery: Int64)

  /// More than one a second for ten thousand years.
  package static let deliveries: ClosedRange<Int64> = 1...999_999_999_999

  package var delivery: Int64? {
    switch self {
    case .whole(let delivery): delivery
    case .changes(let delivery): delivery
    }
  }

  var isDelivery: Bool {
    switch self {
    case .whole: false
    case .changes: true
    }
  }
}
