internal import TestSupport

/// SQL stands in files of its own, so that whoever looks for a table finds all that is said to it
/// (CONTRIBUTING.md#where-sql-stands).
enum SQLRules {
  /// The engines, and the history of the schema itself.
  private static let except = [
    "Sources/Persistence", "Sources/PersistenceSQLite", "Sources/PersistencePostgres",
  ]

  static func faults(in file: Repository.File) throws -> [Fault] {
    guard file.path.hasPrefix("Sources/"), file.path.hasSuffix(".swift"),
      !file.path.hasSuffix("+Queries.swift"), !file.path.contains("/Schema/"),
      !except.contains(where: { file.path.hasPrefix($0 + "/") })
    else { return [] }
    let statement = try Regex(
      #"(^\s*|")(SELECT\s|INSERT INTO\s|UPDATE \w+\s*(SET\s|$)|DELETE FROM\s)"#)
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    return try lines.enumerated().compactMap { place, line in
      guard try statement.firstMatch(in: line) != nil else { return nil }
      return Fault(
        file: file.path, line: place + 1, words: "SQL: it belongs into a file named +Queries")
    }
  }

  /// Rows that are claimed in a subquery: PostgreSQL may look into that again for each row, and
  /// then claims more than its limit. `WITH … AS MATERIALIZED` is looked into once.
  static func repeatedClaims(in file: Repository.File) -> [Fault] {
    guard file.path.hasPrefix("Sources/") else { return [] }
    return file.text.ranges(of: #"\(Query.Differing.skippingRowLock)"#).compactMap { claim in
      let before = file.text[..<claim.lowerBound]
      guard let opening = innermostOpening(in: before),
        !before[..<opening].hasSuffix("AS MATERIALIZED ")
      else { return nil }
      return Fault(
        file: file.path, line: before.count { $0 == "\n" } + 1,
        words: "a claim in a subquery: write WITH … AS MATERIALIZED")
    }
  }

  /// The parenthesis that is still open at the end of a statement's beginning.
  private static func innermostOpening(in text: Substring) -> Substring.Index? {
    let beginning = text.ranges(of: "\"\"\"").last?.upperBound ?? text.startIndex
    var closed = 0
    for place in text.indices.reversed() where place >= beginning {
      switch text[place] {
      case ")": closed += 1
      case "(":
        if closed == 0 { return place }
        closed -= 1
      default: break
      }
    }
    return nil
  }
}
