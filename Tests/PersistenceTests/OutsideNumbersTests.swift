import Cryptography
import Foundation
import Persistence
import TestSupport
import Testing

/// No number and no date, wherever it comes from, stops the program (R9; attack 73).
struct OutsideNumbersTests {
  static let doubles: [Double] = [
    0, -0.0, 1, -1, 1e-300, 253_402_300_799.999, 253_402_300_800, -62_135_596_800,
    -62_135_596_801, 9.2e15, 9.3e15, 1e17, -1e17, 1e300, -1e300, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude, .infinity, -.infinity, .nan, .signalingNaN,
  ]

  /// Every bit pattern may come, and those near the ends of types do.
  static let integers: [Int64] = {
    var all: [Int64] = [0, .min, .max]
    for place in 0..<63 {
      let power: Int64 = 1 << place
      all += [power, -power, power - 1, 1 - power]
    }
    return all
  }()

  @Test(arguments: doubles)
  func `an instant is stored as the nearest that a calendar can print`(seconds: Double) throws {
    let stored = Date(timeIntervalSince1970: seconds).sqlValue
    let read = try #require(Date(sqlValue: stored))
    #expect((1...9999).contains(Calendar(identifier: .gregorian).component(.year, from: read)))
    if seconds.magnitude < 62_135_596_800 {
      #expect(abs(read.timeIntervalSince1970 - seconds) <= 0.001)
    }
    // Storing it again changes nothing.
    #expect(read.sqlValue == stored)
  }

  @Test(arguments: integers)
  func `a stored number is believed, or is none`(number: Int64) throws {
    let instant = try #require(Date(sqlValue: .integer(number)))
    #expect(Int(exactly: instant.timeIntervalSince1970.rounded()) != nil)
    let count = Int(sqlValue: .integer(number))
    #expect((count == nil) == (number.magnitude > 1 << 53))
    if let count { #expect(count + 1 > count && count - 1 < count) }
    #expect(Int64(sqlValue: .integer(number)) == number)
  }

  @Test func `so it is for any number at all`() throws {
    let chance = SeededBytes(seed: 11).source
    for _ in 1...20_000 {
      let bits = chance(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      let instant = Date(timeIntervalSince1970: Double(bitPattern: bits))
      let read = try #require(Date(sqlValue: instant.sqlValue))
      #expect(Int(exactly: read.timeIntervalSince1970.rounded()) != nil)
      _ = Date(sqlValue: .integer(Int64(bitPattern: bits)))
      _ = Int(sqlValue: .integer(Int64(bitPattern: bits))).map { $0 + 1 }
    }
  }
}
