import Cryptography
import Testing

/// Chance from the operating system, and from a test.
struct RandomBytesTests {
  @Test(arguments: [0, 1, 16, 32, 100_000])
  func `as many bytes come as were asked for`(count: Int) {
    #expect(RandomBytes.system(count).count == count)
  }

  @Test func `no two draws are alike`() {
    let draws = (0..<1000).map { _ in RandomBytes.system(16) }
    #expect(Set(draws).count == 1000)
  }

  @Test func `every byte occurs about equally often`() {
    var counts = [Int](repeating: 0, count: 256)
    for byte in RandomBytes.system(256 * 400) { counts[Int(byte)] += 1 }
    let chiSquared = counts.reduce(0) { sum, count in
      sum + Double((count - 400) * (count - 400)) / 400
    }
    // 255 degrees of freedom: outside these bounds once in a hundred million runs.
    #expect(chiSquared > 140 && chiSquared < 400)
  }

  @Test func `a test's own bytes are handed on as they are`() {
    let source = RandomBytes { count in [UInt8](repeating: 9, count: count) }
    #expect(source(3) == [9, 9, 9])
  }
}
