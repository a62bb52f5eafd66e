/// The number under which a database stores something of one kind.
///
/// An account's number cannot be taken for a registration's: each kind has a type of its own, such
/// as ``Account/ID``.
package struct Identity<Kind>: RawRepresentable, Hashable, Sendable {
  package let rawValue: Int64

  package init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// The number as a path, a form or a command has it; `nil` when it is none.
  package init?(_ text: some StringProtocol) {
    guard let number = Int64(text) else { return nil }
    rawValue = number
  }
}

extension Identity: Comparable {
  /// Whether it was assigned earlier.
  package static func < (one: Identity, other: Identity) -> Bool {
    one.rawValue < other.rawValue
  }
}

extension Identity: CustomStringConvertible {
  /// The number alone, for keys, logs and lists.
  package var description: String { String(rawValue) }
}

extension Identity: Encodable {}
