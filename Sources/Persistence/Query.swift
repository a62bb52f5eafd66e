/// SQL text whose interpolated values are bound, never pasted.
///
/// ```swift
/// let query: Query = """
///   SELECT name
///   FROM register_customer
///   WHERE customer_number = \(number)
///   """
/// ```
///
/// A value of the program can enter the text in no other way (ASVS 1.2.4).
package struct Query: Sendable, ExpressibleByStringInterpolation {
  fileprivate enum Part: Sendable {
    case text(String)
    case value(SQLValue)
    case differing(sqlite: String, postgres: String)
  }

  fileprivate let parts: [Part]

  package init(stringLiteral text: String) {
    parts = [.text(text)]
  }

  package init(stringInterpolation: StringInterpolation) {
    parts = stringInterpolation.parts
  }

  /// Where the engines need different SQL, both versions stand side by side in one place.
  package struct Differing: Sendable {
    let sqlite: String
    let postgres: String

    package init(sqlite: StaticString, postgres: StaticString) {
      self.sqlite = sqlite.description
      self.postgres = postgres.description
    }

    package static let nothing = Differing(sqlite: "", postgres: "")

    /// Locks the rows of a read that leads to a write.
    ///
    /// SQLite has only one writer, so a write transaction already owns what it reads.
    package static let rowLock = Differing(sqlite: "", postgres: "FOR UPDATE")

    /// Locks the rows of a claim and skips those that another instance holds.
    package static let skippingRowLock = Differing(sqlite: "", postgres: "FOR UPDATE SKIP LOCKED")
  }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    package init(literalCapacity: Int, interpolationCount: Int) {
      parts.reserveCapacity(interpolationCount * 2 + 1)
    }

    package mutating func appendLiteral(_ literal: String) {
      parts.append(.text(literal))
    }

    package mutating func appendInterpolation(_ value: some SQLConvertible) {
      parts.append(.value(value.sqlValue))
    }

    package mutating func appendInterpolation<Value: SQLConvertible>(_ value: Value?) {
      parts.append(.value(value?.sqlValue ?? .null))
    }

    package mutating func appendInterpolation(_ query: Query) {
      parts += query.parts
    }

    package mutating func appendInterpolation(_ words: Differing) {
      parts.append(.differing(sqlite: words.sqlite, postgres: words.postgres))
    }
  }

  private init(parts: [Part]) {
    self.parts = parts
  }

  /// Several pieces with the same text between them, such as the rows of an `INSERT`.
  package static func joined(_ queries: [Query], separator: StaticString) -> Query {
    let separator = Part.text(separator.description)
    return Query(parts: Array(queries.map(\.parts).joined(separator: [separator])))
  }

  /// The statement's text for an engine, with numbered placeholders for its values.
  package func text(for dialect: Dialect) -> String {
    var text = ""
    var number = 0
    for part in parts {
      switch part {
      case .text(let words):
        text += words
      case .value:
        number += 1
        text += dialect == .sqlite ? "?" : "$"
        text += String(number)
      case .differing(let sqlite, let postgres):
        text += dialect == .sqlite ? sqlite : postgres
      }
    }
    return text
  }

  /// The values for those placeholders, in order.
  package var values: [SQLValue] {
    parts.compactMap { part in
      guard case .value(let value) = part else { return nil }
      return value
    }
  }
}
