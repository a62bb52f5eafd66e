import Accounts
import Foundation
import Persistence
import TestSupport
import Testing

/// Changes on their way to the back office (R12).
struct HandOverTests {
  private func queue(
    _ values: [String], _ kind: HandOverKind = .correspondenceEmail, on stage: Stage
  ) async throws {
    if try await stage.count("account") == 0 {
      _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    }
    let now = stage.clock.now
    try await stage.store.write { transaction in
      for value in values {
        try transaction.handOvers.add(kind, of: 1, from: nil, to: value, at: now)
      }
    }
  }

  @Test func `each change is given once, the oldest first`() async throws {
    let stage = try await Stage()
    #expect(try await stage.handOverBatches.export() == nil)
    try await queue(["a", "b"], on: stage)
    let first = try #require(try await stage.handOverBatches.export())
    #expect(first.rows.map(\.new) == ["a", "b"])
    #expect(try await stage.handOverBatches.export() == nil)
    try await queue(["c"], on: stage)
    let second = try #require(try await stage.handOverBatches.export())
    #expect(second.rows.map(\.new) == ["c"])
    #expect(second.id != first.id)
  }

  @Test func `a batch can be printed again until it is acknowledged`() async throws {
    let stage = try await Stage()
    let batches = stage.handOverBatches
    try await queue(["a", "b"], on: stage)
    let batch = try #require(try await batches.export())
    guard case .printed(let again) = try await batches.export(batch: batch.id) else {
      Issue.record("it was not printed again")
      return
    }
    #expect(HandOverListing(batch: again).csv == HandOverListing(batch: batch).csv)
    #expect(try await batches.status().open.map(\.rows) == [2])
    #expect(try await batches.acknowledge(batch: batch.id) == .acknowledged(rows: 2))
    #expect(try await batches.acknowledge(batch: batch.id) == .wasAcknowledged)
    guard case .acknowledged = try await batches.export(batch: batch.id) else {
      Issue.record("it was printed once more")
      return
    }
    #expect(try await batches.status().open.isEmpty)
    #expect(try await batches.acknowledge(batch: 999) == .unknown)
  }

  @Test(arguments: Stage.Ground.allCases)
  func `two exports at once never give a row twice`(ground: Stage.Ground) async throws {
    try await Stage.play(on: ground) { stage in
      let names = (1...300).map { "v\($0)" }
      try await queue(names, on: stage)
      let batches = try await atOnce(6) { _ in try await stage.handOverBatches.export() }
      let given = batches.compactMap(\.self).flatMap { $0.rows.map(\.new) }
      #expect(given.count == 300)
      #expect(Set(given) == Set(names))
    }
  }

  @Test func `all kinds find their way`() async throws {
    let stage = try await Stage()
    for kind in HandOverKind.allCases { try await queue(["yes"], kind, on: stage) }
    let rows = try #require(try await stage.handOverBatches.export()).rows
    #expect(rows.map(\.kind) == HandOverKind.allCases.map(\.rawValue))
  }

  @Test func `what is acknowledged is forgotten after ninety days, and nothing else`()
    async throws
  {
    let stage = try await Stage()
    try await queue(["a"], on: stage)
    let batch = try #require(try await stage.handOverBatches.export())
    try await queue(["b"], on: stage)
    _ = try await stage.handOverBatches.acknowledge(batch: batch.id)
    let retention = Retention(world: stage.world)
    stage.clock.advance(by: 90 * 86_400)
    try await retention.sweep()
    #expect(try await stage.count("handover") == 2)
    stage.clock.advance(by: 1)
    try await retention.sweep()
    #expect(try await stage.count("handover") == 1)
    #expect(try await stage.handOverBatches.export()?.rows.map(\.new) == ["b"])
  }

  // MARK: The listing

  // Attack 83: what a spreadsheet would take for a formula.
  @Test(arguments: [
    ("=cmd|'/c calc'!A1@x.hu", "'=cmd|'/c calc'!A1@x.hu"), ("+1@x.hu", "'+1@x.hu"),
    ("-1@x.hu", "'-1@x.hu"), ("@SUM(1)", "'@SUM(1)"), ("\t=1", "'\t'=1"), ("\r=1", "'\r'=1"),
    ("＝1", "'＝1"), ("＋1", "'＋1"), ("a;=1", "a;'=1"), ("a;\"=1", "a;\"'=1"), (" =1", " '=1"),
    ("a,-1", "a,'-1"), ("anna+hirek@x.hu", "anna+hirek@x.hu"), ("x-y@a-b.hu", "x-y@a-b.hu"),
    ("a=b@x.hu", "a=b@x.hu"), ("\"a\"", "\"a\""), ("sor\nmásik", "sor\nmásik"),
    ("sor\n=1", "sor\n'=1"),
  ])
  func `a formula is defused, and the rest is as it was`(value: String, shown: String) async throws
  {
    let stage = try await Stage()
    try await queue([value], on: stage)
    let batch = try #require(try await stage.handOverBatches.export())
    let records = Self.read(HandOverListing(batch: batch).csv)
    #expect(records.map(\.count) == [7, 7])
    #expect(records[0][6] == "new_value")
    #expect(records[1][6] == shown)
    // Programs read the value itself.
    let json = try HandOverListing(batch: batch).jsonLines
    let line = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(line["new_value"] as? String == value)
    #expect(line["customer_number"] as? String == "1234567")
    #expect(line["old_value"] == nil)
  }

  /// Reads CSV as RFC 4180 has it: every field quoted, lines end in CR LF.
  private static func read(_ csv: String) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    var rest = csv.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if isQuoted {
        if scalar != "\"" {
          field.append(scalar)
        } else if rest.first == "\"" {
          field.append("\"")
          rest.removeFirst()
        } else {
          isQuoted = false
        }
      } else if scalar == "\"" {
        isQuoted = true
      } else if scalar == "," || scalar == "\r" {
        record.append(String(field))
        field = String.UnicodeScalarView()
        if scalar == "\r" {
          if rest.first == "\n" { rest.removeFirst() }
          records.append(record)
          record = []
        }
      }
    }
    return records
  }
}
