/// Lines of a file, a bit for each: a set of all lines of the largest file is a few megabytes.
struct LineSet: Sendable {
  private static let linesPerPage = 65_536

  /// Pages of bits; those without a line are empty, whatever lies between two lines.
  private var pages: [[UInt64]] = []

  /// The bytes that the bits take.
  var size: Int {
    pages.reduce(0) { $0 + $1.count * MemoryLayout<UInt64>.size }
  }

  /// - Parameter line: not negative
  mutating func insert(_ line: Int) {
    let page = line / Self.linesPerPage
    while pages.count <= page { pages.append([]) }
    if pages[page].isEmpty {
      pages[page] = Array(repeating: 0, count: Self.linesPerPage / UInt64.bitWidth)
    }
    let bit = line % Self.linesPerPage
    pages[page][bit / UInt64.bitWidth] |= Self.mask(bit)
  }

  func contains(_ line: Int) -> Bool {
    let page = line / Self.linesPerPage
    guard pages.indices.contains(page), !pages[page].isEmpty else { return false }
    let bit = line % Self.linesPerPage
    return pages[page][bit / UInt64.bitWidth] & Self.mask(bit) != 0
  }

  private static func mask(_ bit: Int) -> UInt64 {
    1 << UInt64(bit % UInt64.bitWidth)
  }
}
