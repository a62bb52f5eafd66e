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
}
