import Foundation
import Testing

@testable import RegisterImport

/// Any number of rows in the order of their keys, with little memory.
struct RecordSorterTests {
  @Test(arguments: [64, 1_000, 1_000_000], [0, 1, 7, 2_000])
  func `records come out by key and line, however many runs they made`(
    bytesPerRun: Int, count: Int
  ) throws {
    var sizes = ImportSizes.small
    sizes.bytesPerRun = bytesPerRun
    var sorter = RecordSorter(sizes)
    var expected: [SortedRecord] = []
    var state: UInt64 = 7
    for line in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Long keys with a common beginning, and some twice.
      let key = "POLICY\(state >> 33 & 1023)"
      let content = line.isMultiple(of: 3) ? [""] : ["név \(line)", "", "x"]
      try sorter.add(key: key, line: line, content: content)
      expected.append(
        SortedRecord(
          key: key, line: line, content: Array(content.joined(separator: "\u{1F}").utf8)))
    }
    expected.sort { Array($0.key.utf8) == Array($1.key.utf8) ? $0.line < $1.line : $0.key < $1.key }
    let records = try sorter.sorted()
    // They can be read twice.
    for _ in 1...2 {
      var reader = try records.makeReader()
      var found: [SortedRecord] = []
      while let record = try reader.next() { found.append(record) }
      #expect(found == expected)
    }
  }

  @Test func `a scratch folder that is not there is told`() throws {
    var sizes = ImportSizes.small
    sizes.scratchFolder = "/nowhere"
    sizes.bytesPerRun = 1
    var sorter = RecordSorter(sizes)
    let fault = #expect(throws: FileFault.self) {
      try sorter.add(key: "A", line: 1, content: [])
    }
    #expect(fault?.description == "/nowhere: No such file or directory")
  }
}
