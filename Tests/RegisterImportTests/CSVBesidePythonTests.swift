import Foundation
import TestSupport
import Testing

@testable import RegisterImport

/// Thousands of made-up files, read by our parser and by Python's `csv`.
struct CSVBesidePythonTests {
  /// Whole files as programs write them, and heaps of the characters that matter.
  private enum Kind: CaseIterable {
    case written
    case heap
  }

  private struct File: Codable {
    let text: String
    let delimiter: String
  }

  private struct Reading: Codable {
    let rows: [[String]]
    let isBroken: Bool
  }

  private static let filesOfAKind = 2_000

  @Test(arguments: [13 as UInt64, 84])
  func `what both can read they read alike`(seed: UInt64) async throws {
    var dice = SeededDice(seed)
    let files = Kind.allCases.flatMap { kind in
      (0..<Self.filesOfAKind).map { _ in Self.file(kind, &dice) }
    }
    let theirs = try await Self.readByPython(files)
    #expect(theirs.count == files.count)
    var whole = 0
    for (file, theirs) in zip(files, theirs) {
      let ours = Self.read(file, chunk: 1 + dice.below(40))
      if !ours.isBroken {
        whole += 1
        #expect(!theirs.isBroken && theirs.rows == ours.rows, "\(file.text.debugDescription)")
      } else {
        // Ours is stricter with quotes and carriage returns; until then nothing differs.
        #expect(
          theirs.rows.starts(with: ours.rows), "\(file.text.debugDescription)")
      }
    }
    // All that are written by the rules, and many of the others.
    #expect(whole > Self.filesOfAKind + 100)
  }

  // MARK: Files

  private static func file(_ kind: Kind, _ dice: inout SeededDice) -> File {
    let delimiter = dice.below(2) == 0 ? "," : ";"
    // A first line that says what separates.
    let head = "a\(delimiter)b\(dice.below(2) == 0 ? "\n" : "\r\n")"
    switch kind {
    case .written: return File(text: head + written(delimiter, &dice), delimiter: delimiter)
    case .heap:
      let heap = ["a", "ő", "\"", "\"", ",", ";", "\n", "\r\n", "\r", " ", "\"\""]
      let text = (0..<dice.below(24)).map { _ in heap[dice.below(heap.count)] }.joined()
      return File(text: head + text, delimiter: delimiter)
    }
  }

  private static func written(_ delimiter: String, _ dice: inout SeededDice) -> String {
    let pieces = ["Kovács", "Őry", ",", ";", "\"", "\n", "\r\n", " ", "'", "\u{FEFF}", "𝒜", "\t"]
    let end = dice.below(2) == 0 ? "\n" : "\r\n"
    var text = ""
    let lines = dice.below(6)
    for line in 0..<lines {
      let cells = (0..<1 + dice.below(5)).map { _ -> String in
        let cell = (0..<dice.below(4)).map { _ in pieces[dice.below(pieces.count)] }.joined()
        let mustQuote = cell.unicodeScalars.contains { "\",;\n\r".unicodeScalars.contains($0) }
        guard mustQuote || dice.below(4) == 0 else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
      }
      text += cells.joined(separator: delimiter)
      // The last line may have no end.
      if line < lines - 1 || dice.below(2) == 0 { text += end }
    }
    return text
  }

  // MARK: Readings

  private static func read(_ file: File, chunk size: Int) -> Reading {
    var parser = CSVParser()
    var (rows, isBroken): ([[String]], Bool) = ([], false)
    let take: (CSVRow, ArraySlice<UInt8>) -> Void = { row, _ in
      switch row.fields {
      case .success(let fields): if !isBroken { rows.append(fields) }
      case .failure: isBroken = true
      }
    }
    for chunk in Array(file.text.utf8).chunks(of: size) { parser.parse(chunk: chunk, onRow: take) }
    parser.finish(onRow: take)
    return Reading(rows: rows, isBroken: isBroken)
  }

  private static let script = """
    import csv, io, json, sys
    readings = []
    for file in json.load(open(sys.argv[1], encoding="utf-8")):
        rows, broken = [], False
        text = io.StringIO(file["text"], newline="")
        try:
            for row in csv.reader(text, delimiter=file["delimiter"], strict=True):
                # Ours skips empty lines.
                if row: rows.append(row)
        except csv.Error:
            broken = True
        readings.append({"rows": rows, "isBroken": broken})
    json.dump(readings, open(sys.argv[2], "w", encoding="utf-8"))
    """

  private static func readByPython(_ files: [File]) async throws -> [Reading] {
    try await ScratchFolder.use { file in
      let (given, read) = (file + ".given.json", file + ".read.json")
      try JSONEncoder().encode(files).write(to: URL(filePath: given))
      let python = Process()
      python.executableURL = URL(filePath: "/usr/bin/env")
      python.arguments = ["python3", "-c", script, given, read]
      try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
        python.terminationHandler = { _ in done.resume() }
        do { try python.run() } catch { done.resume(throwing: error) }
      }
      #expect(python.terminationStatus == 0)
      return try JSONDecoder().decode(
        [Reading].self, from: Data(contentsOf: URL(filePath: read)))
    }
  }
}

/// Chance that is the same each time: SplitMix64.
private struct SeededDice {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  /// - Parameter limit: at least 1
  mutating func below(_ limit: Int) -> Int {
    state = state &+ 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
  }
}
