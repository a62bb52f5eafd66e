package import FoundationEssentials

/// A value as both engines store it.
///
/// One storage form for each kind of value: truth is an integer 0 or 1, an instant is an integer
/// of milliseconds since 1970.
package enum SQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case text(String)
  case bytes([UInt8])
}

extension SQLValue {
  package init(_ text: String?) {
    self = text.map(SQLValue.text) ?? .null
  }
}

/// What can be bound to a ``Query``.
package protocol SQLConvertible {
  var sqlValue: SQLValue { get }
}

/// What can be read out of a ``ResultRow``.
package protocol SQLDecodable {
  /// The value, or `nil` when the stored one is of another kind.
  init?(sqlValue: SQLValue)
}

extension String: SQLConvertible, SQLDecodable {
  package var sqlValue: SQLValue { .text(self) }

  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self = text
  }
}

extension Int64: SQLConvertible, SQLDecodable {
  package var sqlValue: SQLValue { .integer(self) }

  package init?(sqlValue: SQLValue) {
    guard case .integer(let integer) = sqlValue else { return nil }
    self = integer
  }
}

extension Int: SQLConvertible, SQLDecodable {
  package var sqlValue: SQLValue { .integer(Int64(self)) }

  package init?(sqlValue: SQLValue) {
    guard case .integer(let integer) = sqlValue else { return nil }
    self.init(exactly: integer)
  }
}

extension Bool: SQLConvertible, SQLDecodable {
  package var sqlValue: SQLValue { .integer(self ? 1 : 0) }

  package init?(sqlValue: SQLValue) {
    switch sqlValue {
    case .integer(0): self = false
    case .integer(1): self = true
    default: return nil
    }
  }
}

extension [UInt8]: SQLConvertible, SQLDecodable {
  package var sqlValue: SQLValue { .bytes(self) }

  package init?(sqlValue: SQLValue) {
    guard case .bytes(let bytes) = sqlValue else { return nil }
    self = bytes
  }
}

extension Date: SQLConvertible, SQLDecodable {
  package var sqlValue: SQLValue {
    .integer(Int64((timeIntervalSince1970 * 1000).rounded()))
  }

  package init?(sqlValue: SQLValue) {
    guard case .integer(let milliseconds) = sqlValue else { return nil }
    self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
  }
}
