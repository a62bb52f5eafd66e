import Foundation
import Testing

@testable import RegisterImport

/// Any number of numbers, with little memory.
struct SortedNumbersTests {
  @Test(arguments: [64, 1_000_000], [0, 1, 512, 513, 3_000])
  func `each comes out once and in order, however many there are`(
    bytesPerRun: Int, count: Int
  ) throws {
    var sizes = ImportSizes.small
    sizes.bytesPerRun = bytesPerRun
    var sorted = SortedNumbers(sizes)
    let expected = count == 0 ? [] : numbers(1...count)
    for number in expected {
      for _ in 1...3 { try sorted.insert(number) }
    }
    // They can be read twice.
    for _ in 1...2 {
      var found: [String] = []
      try sorted.inPieces { found += $0 }
      #expect(found == expected)
    }
  }

  @Test func `those that are too many go to the scratch folder`() throws {
    var sizes = ImportSizes.small
    sizes.scratchFolder = "/nowhere"
    var sorted = SortedNumbers(sizes)
    #expect(throws: FileFault.self) {
      for number in numbers(1...1_000) { try sorted.insert(number) }
    }
  }
}
