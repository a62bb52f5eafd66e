package import FoundationEssentials

/// A value as both engines store it.
///
/// One storage form for each type of value: a boolean is an integer 0 or 1, an instant is an
/// integer of milliseconds since 1970.
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
  /// The value, or `nil` when the stored one is of another type.
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
    guard case .integer(let integer) = sqlValue, Int.believed.contains(integer) else { return nil }
    self.init(exactly: integer)
  }

  /// No count of ours comes near these ends: a stored number beyond them is damage, and whatever is
  /// added to one within them still fits (R9).
  private static let believed: ClosedRange<Int64> = -(1 << 53)...(1 << 53)
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
  /// The nearest instant that a calendar can print; what is no instant at all is over already.
  package var sqlValue: SQLValue {
    let milliseconds = (timeIntervalSince1970 * 1000).rounded()
    guard milliseconds >= Double(Date.printable.lowerBound) else {
      return .integer(Date.printable.lowerBound)
    }
    let last = Date.printable.upperBound
    return .integer(milliseconds < Double(last) ? Int64(milliseconds) : last)
  }

  package init?(sqlValue: SQLValue) {
    guard case .integer(let stored) = sqlValue else { return nil }
    let milliseconds = min(max(stored, Date.printable.lowerBound), Date.printable.upperBound)
    self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
  }

  /// The years 1 to 9999, in milliseconds since 1970.
  private static let printable: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
}
