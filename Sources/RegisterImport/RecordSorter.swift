/// Puts any number of records in the order of their keys, and holds a few megabytes of them.
///
/// What does not fit goes to a scratch file in sorted runs, which are merged when they are read.
/// The order is that of bytes, as both engines order the keys of the register.
struct RecordSorter: Sendable {
  /// A record's place, and the beginning of its key, which decides nearly every comparison.
  private struct Entry: Sendable {
    let prefix: UInt64
    let place: Int
  }

  private let sizes: ImportSizes
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  private var runs: [SortedRun] = []
  private var file: ScratchFile?

  init(_ sizes: ImportSizes) {
    self.sizes = sizes
  }

  mutating func add(key: String, line: Int, content: [String]) throws(FileFault) {
    entries.append(Entry(prefix: Self.prefix(of: key), place: bytes.count))
    SortedRecord.append(key: key, line: line, content: content, to: &bytes)
    if bytes.count >= sizes.bytesPerRun { try spill() }
  }

  /// All records; nothing can be added any more.
  consuming func sorted() throws(FileFault) -> SortedRecords {
    if runs.isEmpty {
      sort()
      return SortedRecords(bytes: bytes, places: entries.map(\.place))
    }
    try spill()
    guard let file else { return SortedRecords(bytes: [], places: []) }
    return SortedRecords(file: file, runs: runs)
  }

  private mutating func spill() throws(FileFault) {
    if entries.isEmpty { return }
    sort()
    var run: [UInt8] = []
    run.reserveCapacity(bytes.count)
    for entry in entries {
      guard let size = SortedRecord.size(in: bytes, at: entry.place) else { continue }
      run += bytes[entry.place..<entry.place + size]
    }
    let file: ScratchFile
    if let opened = self.file {
      file = opened
    } else {
      file = try ScratchFile(in: sizes.scratchFolder)
      self.file = file
    }
    let start = runs.last?.end ?? 0
    try file.write(run, at: start)
    runs.append(SortedRun(start: start, end: start + run.count))
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
  }

  private mutating func sort() {
    let bytes = bytes
    let precedes: (Entry, Entry) -> Bool = { one, other in
      if one.prefix != other.prefix { return one.prefix < other.prefix }
      return SortedRecord.precedes(in: bytes, one.place, other.place)
    }
    // Most exports are in order already.
    let isSorted = zip(entries, entries.dropFirst()).allSatisfy { !precedes($1, $0) }
    if !isSorted { entries.sort(by: precedes) }
  }

  private static func prefix(of key: String) -> UInt64 {
    var (prefix, count): (UInt64, UInt64) = (0, 0)
    for byte in key.utf8.prefix(8) {
      prefix = prefix << 8 | UInt64(byte)
      count += 1
    }
    return prefix << (8 * (8 - count))
  }
}

/// A part of a scratch file whose records are in order.
struct SortedRun: Sendable {
  let start: Int
  let end: Int
}

/// Records in order, which can be read as often as needed.
struct SortedRecords: Sendable {
  private let bytes: [UInt8]
  private let places: [Int]
  private let file: ScratchFile?
  private let runs: [SortedRun]

  fileprivate init(bytes: [UInt8], places: [Int]) {
    self.bytes = bytes
    self.places = places
    file = nil
    runs = []
  }

  fileprivate init(file: ScratchFile, runs: [SortedRun]) {
    bytes = []
    places = []
    self.file = file
    self.runs = runs
  }

  func makeReader() throws(FileFault) -> Reader {
    guard let file else { return Reader(bytes: bytes, places: places) }
    return try Reader(file: file, runs: runs)
  }

  struct Reader {
    private let bytes: [UInt8]
    private var places: ArraySlice<Int>
    private var heads = RunHeads()

    fileprivate init(bytes: [UInt8], places: [Int]) {
      self.bytes = bytes
      self.places = places[...]
    }

    fileprivate init(file: ScratchFile, runs: [SortedRun]) throws(FileFault) {
      bytes = []
      places = []
      for run in runs { try heads.add(RunReader(file: file, run: run)) }
    }

    mutating func next() throws(FileFault) -> SortedRecord? {
      if let place = places.popFirst() { return SortedRecord(reading: bytes, at: place) }
      return try heads.next()
    }
  }
}

/// Reads one run through a small window.
private struct RunReader {
  /// Of ten million rows there are hundreds of runs.
  private static let windowSize = 16_384

  private let file: ScratchFile
  private var run: SortedRun
  private var window: [UInt8] = []
  private var place = 0
  /// The next record; nil after the last.
  private(set) var head: SortedRecord?

  init(file: ScratchFile, run: SortedRun) throws(FileFault) {
    self.file = file
    self.run = run
    try advance()
  }

  mutating func advance() throws(FileFault) {
    while true {
      if let size = SortedRecord.size(in: window, at: place), window.count - place >= size {
        head = SortedRecord(reading: window, at: place)
        place += size
        return
      }
      let more = try file.read(upTo: min(Self.windowSize, run.end - run.start), at: run.start)
      if more.isEmpty {
        head = nil
        return
      }
      window.removeFirst(place)
      window += more
      place = 0
      run = SortedRun(start: run.start + more.count, end: run.end)
    }
  }
}

/// The runs by their next records: a binary heap, whose least is first.
private struct RunHeads {
  private var runs: [RunReader] = []

  mutating func add(_ run: RunReader) throws(FileFault) {
    guard run.head != nil else { return }
    runs.append(run)
    var place = runs.count - 1
    while place > 0, precedes(place, (place - 1) / 2) {
      runs.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func next() throws(FileFault) -> SortedRecord? {
    guard let least = runs.first?.head else { return nil }
    try runs[0].advance()
    if runs[0].head == nil {
      runs.swapAt(0, runs.count - 1)
      runs.removeLast()
    }
    sink()
    return least
  }

  private mutating func sink() {
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < runs.count {
        if precedes(child, least) { least = child }
      }
      if least == place { return }
      runs.swapAt(place, least)
      place = least
    }
  }

  private func precedes(_ one: Int, _ other: Int) -> Bool {
    guard let first = runs[one].head else { return false }
    guard let second = runs[other].head else { return true }
    return first < second
  }
}
