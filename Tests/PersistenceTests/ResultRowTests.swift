import Foundation
import Persistence
import Testing

/// A row decodes into values, or names the column that does not fit.
struct ResultRowTests {
  let row = ResultRow(
    columns: ["name", "number", "body", "nothing"],
    values: [.text("Kovács Anna"), .integer(7), .bytes([1]), .null])

  @Test func `a column of the right kind is a value`() throws {
    #expect(try row.value("name") == "Kovács Anna")
    #expect(try row.value("number") == 7)
    #expect(try row.value("number") == Int64(7))
    #expect(try row.value("body") == [1 as UInt8])
    #expect(try row.optional("nothing", as: String.self) == nil)
  }

  @Test(arguments: [
    ("colour", "Column colour: String expected, no such column found."),
    ("nothing", "Column nothing: String expected, null found."),
    ("number", "Column number: String expected, an integer found."),
    ("body", "Column body: String expected, bytes found."),
  ])
  func `what does not fit names the column and the kinds`(column: String, sentence: String) throws {
    let fault = try #require(throws: ColumnFault.self) {
      try row.value(column, as: String.self)
    }
    #expect(fault.column == column)
    #expect("\(fault)" == sentence)
  }

  @Test func `a fault does not repeat anybody's value`() throws {
    let fault = try #require(throws: ColumnFault.self) { try row.value("name", as: Int.self) }
    #expect("\(fault)" == "Column name: Int expected, text found.")
  }

  @Test(arguments: [(0, Bool?.some(false)), (1, true), (2, nil), (-1, nil)] as [(Int64, Bool?)])
  func `only nought and one are truths`(stored: Int64, truth: Bool?) {
    #expect(Bool(sqlValue: .integer(stored)) == truth)
  }

  @Test(arguments: [SQLValue.text("1"), .bytes([1]), .null])
  func `text and bytes are no numbers`(stored: SQLValue) {
    #expect(Int(sqlValue: stored) == nil)
    #expect(Int64(sqlValue: stored) == nil)
    #expect(Bool(sqlValue: stored) == nil)
    #expect(Date(sqlValue: stored) == nil)
  }

  @Test(arguments: [SQLValue.integer(1), .null])
  func `numbers are no text and no bytes`(stored: SQLValue) {
    #expect(String(sqlValue: stored) == nil)
    #expect([UInt8](sqlValue: stored) == nil)
  }

  @Test func `an instant is milliseconds since 1970`() {
    #expect(Date(sqlValue: .integer(1500)) == Date(timeIntervalSince1970: 1.5))
    #expect(Date(sqlValue: .integer(-1)) == Date(timeIntervalSince1970: -0.001))
  }

  @Test func `of two columns of one name the first counts`() throws {
    let row = ResultRow(columns: ["id", "id"], values: [.integer(1), .integer(2)])
    #expect(try row.value("id") == 1)
  }
}
