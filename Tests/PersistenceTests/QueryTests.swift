import Foundation
import Persistence
import Testing

/// SQL text and the values that are bound to it, never pasted (attack 76).
struct QueryTests {
  @Test(arguments: [
    (Dialect.sqlite, "SELECT a FROM b WHERE c = ?1 AND d = ?2"),
    (.postgres, "SELECT a FROM b WHERE c = $1 AND d = $2"),
  ])
  func `each engine gets its own numbered places`(dialect: Dialect, text: String) {
    let query: Query = "SELECT a FROM b WHERE c = \("x") AND d = \(Int64(7))"
    #expect(query.text(for: dialect) == text)
    #expect(query.values == [.text("x"), .integer(7)])
  }

  @Test func `every kind of value has one form`() {
    let date = Date(timeIntervalSince1970: 1.5)
    let query: Query =
      "\("á") \(1) \(Int64.min) \(true) \(false) \([1, 2] as [UInt8]) \(date) \(String?.none)"
    #expect(
      query.values == [
        .text("á"), .integer(1), .integer(.min), .integer(1), .integer(0), .bytes([1, 2]),
        .integer(1500), .null,
      ])
  }

  @Test func `an optional with a value is the value`() {
    let query: Query = "\(Optional("x")) \(Int?.some(2))"
    #expect(query.values == [.text("x"), .integer(2)])
  }

  @Test(arguments: [
    (0.0014, 1), (0.0015, 2), (-0.0014, -1), (1_775_462_400.9996, 1_775_462_401_000),
  ])
  func `an instant is rounded to the nearest millisecond`(seconds: Double, milliseconds: Int64) {
    #expect(Date(timeIntervalSince1970: seconds).sqlValue == .integer(milliseconds))
  }

  @Test(arguments: [(Dialect.sqlite, "SELECT 1 "), (.postgres, "SELECT 1 FOR UPDATE")])
  func `a lock is asked for where there is more than one writer`(dialect: Dialect, text: String) {
    let query: Query = "SELECT 1 \(Query.Differing.rowLock)"
    #expect(query.text(for: dialect) == text)
  }

  @Test func `where the engines differ both texts stand side by side`() {
    let query: Query =
      "a \(Query.Differing(sqlite: "b", postgres: "c")) \(1) \(Query.Differing.nothing)d"
    #expect(query.text(for: .sqlite) == "a b ?1 d")
    #expect(query.text(for: .postgres) == "a c $1 d")
    #expect(
      ("\(Query.Differing.skippingRowLock)" as Query).text(for: .postgres)
        == "FOR UPDATE SKIP LOCKED")
  }

  @Test func `a piece inside a query keeps the numbers running`() {
    let condition: Query = "b = \(2) AND c = \(3)"
    let query: Query = "SELECT \(1) WHERE \(condition) LIMIT \(4)"
    #expect(query.text(for: .postgres) == "SELECT $1 WHERE b = $2 AND c = $3 LIMIT $4")
    #expect(query.values == [.integer(1), .integer(2), .integer(3), .integer(4)])
  }

  @Test func `rows are joined into one statement`() {
    let rows = [("a", 1), ("b", 2)].map { name, number -> Query in "(\(name), \(number))" }
    let query: Query = "VALUES \(Query.joined(rows, separator: ", "))"
    #expect(query.text(for: .sqlite) == "VALUES (?1, ?2), (?3, ?4)")
    #expect(query.values == [.text("a"), .integer(1), .text("b"), .integer(2)])
  }

  @Test func `nothing joined is nothing`() {
    let query = Query.joined([], separator: ", ")
    #expect(query.text(for: .sqlite).isEmpty)
    #expect(query.values.isEmpty)
  }

  @Test func `marks in the text are no places`() {
    let query: Query = "SELECT '?' || '$1' || \("x")"
    #expect(query.text(for: .sqlite) == "SELECT '?' || '$1' || ?1")
  }
}
