import Testing

@testable import RegisterImport

struct CSVParserTests {
  @Test func `a record is a line`() {
    #expect(rows("a,b\n1,2\n3,4\n") == [row(1, "a", "b"), row(2, "1", "2"), row(3, "3", "4")])
  }

  @Test(arguments: ["a;b\n1,5;2\n", "a;b\r\n1,5;2\r\n", "a;b\n1,5;2", "a;b\r\n1,5;2\r"])
  func `the header line decides what separates`(file: String) {
    #expect(rows(file) == [row(1, "a", "b"), row(2, "1,5", "2")])
  }

  @Test func `a separator inside a quoted header name decides nothing`() {
    #expect(rows("\"a,x\";b\n1;2\n") == [row(1, "a,x", "b"), row(2, "1", "2")])
  }

  @Test func `a file of one column has no separator to find`() {
    #expect(rows("a\n1\n2,3\n") == [row(1, "a"), row(2, "1"), row(3, "2", "3")])
  }

  @Test func `quotes hold separators, line ends and quotes`() {
    #expect(
      rows("a,b\n\"1,\r\n\"\"2\"\"\n\",\"\"\n3,4\n")
        == [row(1, "a", "b"), row(2, "1,\r\n\"2\"\n", ""), row(5, "3", "4")])
  }

  @Test(arguments: [
    ("1,2\n", 1), ("1,2", 1), ("1,x\"\n", 1), ("\"1\",2\r\n", 1), ("\"1\n\",2\n", 2),
    ("\"1\r\n\n\",2", 3), ("\"1\n\"x,2\n", 2), ("\"1\n2\n", 3),
  ])
  func `a record tells how many lines it is of`(record: String, count: Int) {
    var counts: [Int] = []
    var parser = CSVParser()
    for chunk in Array("a,b\n\n\(record)".utf8).chunks(of: 3) {
      parser.parse(chunk: chunk) { row, _ in counts.append(row.lineCount) }
    }
    parser.finish { row, _ in counts.append(row.lineCount) }
    #expect(counts == [1, count])
  }

  @Test func `empty lines are skipped and counted`() {
    #expect(rows("\n\r\na,b\n\n\n1,2\n\n") == [row(3, "a", "b"), row(6, "1", "2")])
    #expect(rows("a\n\"\"\n") == [row(1, "a"), row(2, "")])
    #expect(rows("a,b\n,\n") == [row(1, "a", "b"), row(2, "", "")])
  }

  @Test(arguments: ["", "\n", "\r\n\r\n", "\u{FEFF}", "\u{FEFF}\n"])
  func `a file of nothing has no records`(file: String) {
    #expect(rows(file).isEmpty)
  }

  @Test func `a byte order mark is skipped at the beginning only`() {
    #expect(rows("\u{FEFF}\"a\",b\n") == [row(1, "a", "b")])
    #expect(rows("a\n\u{FEFF}b\n").map(\.fields) == [.success(["a"]), .success(["\u{FEFF}b"])])
    #expect(rows(bytes: [0xEF, 0xBB]) == [fault(1, 1, .encoding)])
    #expect(rows("a") == [row(1, "a")])
  }

  @Test(arguments: [
    ("x\"y,2", CSVFault.Reason.strayQuote, 1),
    ("1,x\"", .strayQuote, 2),
    ("\"x\"y,2", .textAfterQuote, 1),
    ("\"x\" ,2", .textAfterQuote, 1),
    ("1,x\ry", .strayCarriageReturn, 2),
    ("1\r\r", .strayCarriageReturn, 1),
    ("1,x\0y", .nul, 2),
    ("1,\"\0\"", .nul, 2),
  ])
  func `a fault takes its record and no more`(
    record: String, reason: CSVFault.Reason, column: Int
  ) {
    #expect(
      rows("a,b\n\(record)\n3,4\n")
        == [row(1, "a", "b"), fault(2, column, reason), row(3, "3", "4")])
  }

  @Test func `quotes that are never closed are told where they were opened`() {
    #expect(
      rows("a,b\n1,\"x\n3,4\n") == [row(1, "a", "b"), fault(2, 2, .unclosedQuote)])
    let endless = "a,b\n1,\"" + String(repeating: "x\n", count: 1 << 19)
    #expect(rows(endless, chunk: 65_536) == [row(1, "a", "b"), fault(2, 2, .unclosedQuote)])
  }

  @Test(arguments: [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xC5], [0xF5, 0x80, 0x80, 0x80]])
  func `bytes that are no UTF-8 take their record`(bytes: [UInt8]) {
    let file = Array("a,b\n1,".utf8) + bytes + Array("\n3,4\n".utf8)
    #expect(
      rows(bytes: file) == [row(1, "a", "b"), fault(2, 2, .encoding), row(3, "3", "4")])
  }

  @Test func `a field of 4096 bytes is read and one of 4097 is not`() {
    let longest = String(repeating: "x", count: 4096)
    #expect(rows("a,b\n1,\(longest)\n")[1] == row(2, "1", longest))
    #expect(
      rows("a,b\n1,\(longest)x\n3,4\n")[1...] == [fault(2, 2, .fieldTooLong), row(3, "3", "4")])
    #expect(rows("a,b\n1,\"\(longest)\n\"\n")[1] == fault(2, 2, .fieldTooLong))
  }

  @Test func `64 columns are read and 65 are not`() {
    let most = Array(repeating: "x", count: 64)
    let file = most.joined(separator: ",") + "\n"
    #expect(rows(file) == [CSVRow(line: 1, fields: .success(most))])
    #expect(rows("x," + file) == [fault(1, 65, .tooManyColumns)])
  }

  @Test func `a megabyte without a line end is one fault`() {
    let flood = String(repeating: "x", count: 1 << 20)
    #expect(rows(flood, chunk: 65_536) == [fault(1, 1, .fieldTooLong)])
    let separators = String(repeating: ",", count: 1 << 20)
    #expect(rows(separators, chunk: 65_536) == [fault(1, 65, .tooManyColumns)])
  }

  @Test(arguments: 1...9)
  func `where chunks end makes no difference`(size: Int) {
    let file = "\u{FEFF}név;\"b\"\"\"\r\n\"ő\r\n;\";2\r\n\n3;x\"\n\"ű\"y;4\r\n5;\"6\""
    #expect(rows(file, chunk: size) == rows(file, chunk: 1_000))
    #expect(
      rows(file, chunk: size) == [
        row(1, "név", "b\""), row(2, "ő\r\n;", "2"), fault(5, 2, .strayQuote),
        fault(6, 1, .textAfterQuote), row(7, "5", "6"),
      ])
  }

  @Test func `what the callback throws stops the reading`() {
    struct Full: Error {}
    var parser = CSVParser()
    var count = 0
    #expect(throws: Full.self) {
      try parser.parse(chunk: Array("a\nb\nc\n".utf8)) { _, _ in
        count += 1
        if count == 2 { throw Full() }
      }
    }
    #expect(count == 2)
  }

  private func rows(_ file: String, chunk size: Int = 7) -> [CSVRow] {
    rows(bytes: Array(file.utf8), chunk: size)
  }

  private func rows(bytes: [UInt8], chunk size: Int = 7) -> [CSVRow] {
    var rows: [CSVRow] = []
    var parser = CSVParser()
    let take: (CSVRow, ArraySlice<UInt8>) -> Void = { row, _ in
      rows.append(CSVRow(line: row.line, fields: row.fields))
    }
    for chunk in bytes.chunks(of: size) { parser.parse(chunk: chunk, onRow: take) }
    parser.finish(onRow: take)
    return rows
  }

  private func row(_ line: Int, _ fields: String...) -> CSVRow {
    CSVRow(line: line, fields: .success(fields))
  }

  private func fault(_ line: Int, _ column: Int, _ reason: CSVFault.Reason) -> CSVRow {
    CSVRow(line: line, fields: .failure(CSVFault(line: line, column: column, reason: reason)))
  }
}
