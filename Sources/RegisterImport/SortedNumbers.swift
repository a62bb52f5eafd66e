/// Numbers in their order, each once, of which few are held: the others go where rows go that are
/// sorted. A file that has every number twice needs no more memory than any other.
struct SortedNumbers: Sendable {
  /// As many as a statement is prepared for (``Swift/Array/pieces``).
  private static let perPiece = 512

  private var sorter: RecordSorter
  private var last: String?

  init(_ sizes: ImportSizes) {
    sorter = RecordSorter(sizes)
  }

  /// - Parameter number: none that comes before the last one
  mutating func insert(_ number: String) throws(FileFault) {
    if number == last { return }
    try sorter.add(key: number, line: 0, content: [])
    last = number
  }

  /// Calls back with all of them, some hundred at a time.
  func inPieces(_ use: ([String]) throws -> Void) throws {
    var reader = try sorter.sorted().makeReader()
    while true {
      var piece: [String] = []
      while piece.count < Self.perPiece, let record = try reader.next() { piece.append(record.key) }
      if piece.isEmpty { return }
      try use(piece)
    }
  }
}
