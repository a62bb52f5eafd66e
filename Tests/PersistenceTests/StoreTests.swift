import Foundation
import Persistence
import Testing

/// What every store promises, on each engine.
struct StoreTests {
  private struct Refused: Error, Equatable {
    let reason: String
  }

  // MARK: All or nothing

  @Test(arguments: Engine.available)
  func `what was written is there`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("kulcs")
      #expect(try await store.labels() == ["kulcs"])
    }
  }

  @Test(arguments: Engine.available)
  func `a throw undoes everything and comes out as it was thrown`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("kulcs", amount: 1)
      await #expect(throws: Refused(reason: "meggondolta magát")) {
        try await store.write { transaction in
          try transaction.perform("INSERT INTO thing (label) VALUES ('lakat')")
          try transaction.perform("UPDATE thing SET amount = 2")
          throw Refused(reason: "meggondolta magát")
        }
      }
      #expect(try await store.labels() == ["kulcs"])
      #expect(try await store.amounts() == [1])
    }
  }

  @Test(
    arguments: Engine.available,
    [
      "INSERT INTO thing (label) VALUES ('kulcs')",
      "INSERT INTO thing (amount) VALUES (-13)",
      "INSERT INTO thing (owner) VALUES (99)",
      "INSERT INTO thing (colour) VALUES ('red')",
      "INSERT INTO",
    ])
  func `a statement that breaks a rule undoes what stood before it`(
    engine: Engine, statement: String
  ) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("kulcs")
      await #expect(throws: (any Error).self) {
        try await store.write { transaction in
          try transaction.perform("INSERT INTO thing (label) VALUES ('lakat')")
          try transaction.perform(Query(stringLiteral: statement))
        }
      }
      #expect(try await store.labels() == ["kulcs"])
    }
  }

  @Test(arguments: Engine.available)
  func `a broken rule is our mistake and no outage`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("kulcs")
      let error = await #expect(throws: (any Error).self) { try await store.addThing("kulcs") }
      #expect(!(error is StoreFault))
    }
  }

  @Test(arguments: Engine.available)
  func `an error does not repeat anybody's values`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("kovacs.anna@pelda.hu")
      let error = await #expect(throws: (any Error).self) {
        try await store.addThing("kovacs.anna@pelda.hu", amount: 301_234_567)
      }
      #expect(error.map { "\($0)".contains("kovacs") } == false)
      #expect(error.map { "\($0)".contains("301234567") } == false)
    }
  }

  @Test(arguments: Engine.available)
  func `a read changes nothing`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      await #expect(throws: (any Error).self) {
        try await store.read { transaction in
          _ = try transaction.execute("INSERT INTO thing (label) VALUES ('lakat')")
        }
      }
      #expect(try await store.labels().isEmpty)
    }
  }

  @Test(arguments: Engine.available)
  func `one statement by itself reads and writes like any other`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.write(.oneStatement) {
        try $0.perform("INSERT INTO thing (label) VALUES ('kulcs')")
      }
      let label = try await store.read(.oneStatement) {
        try $0.row("SELECT label FROM thing")?.value("label", as: String.self)
      }
      #expect(label == "kulcs")
    }
  }

  @Test(arguments: Engine.available)
  func `who promised one statement gets no second one`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      await #expect(throws: SecondStatement.self) {
        try await store.write(.oneStatement) { transaction in
          try transaction.perform("INSERT INTO thing (label) VALUES ('kulcs')")
          try transaction.perform("INSERT INTO thing (label) VALUES ('lakat')")
        }
      }
      await #expect(throws: SecondStatement.self) {
        try await store.read(.oneStatement) { transaction in
          _ = try transaction.row("SELECT label FROM thing")
          _ = try transaction.row("SELECT label FROM thing")
        }
      }
      #expect(try await store.labels() == ["kulcs"])
    }
  }

  @Test(arguments: Engine.available)
  func `one statement that breaks a rule leaves nothing, and the store works on`(
    engine: Engine
  ) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("kulcs")
      await #expect(throws: (any Error).self) {
        try await store.write(.oneStatement) {
          try $0.perform("INSERT INTO thing (label) VALUES ('lakat'), ('kulcs')")
        }
      }
      try await store.addThing("zár")
      #expect(try await store.labels() == ["kulcs", "zár"])
    }
  }

  @Test(arguments: Engine.available)
  func `after a failure the store works on`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      for _ in 1...20 {
        try? await store.write { _ in throw Refused(reason: "megint") }
        try? await store.read { _ in throw Refused(reason: "megint") }
      }
      try await store.addThing("kulcs")
      #expect(try await store.labels() == ["kulcs"])
    }
  }

  @Test(arguments: Engine.available)
  func `a closed store answers nobody`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try store.close()
      await #expect(throws: (any Error).self) { try await store.labels() }
      await #expect(throws: (any Error).self) { try await store.addThing("kulcs") }
    }
  }

  // MARK: Values there and back

  @Test(
    arguments: Engine.available,
    [
      "", " ", "O'Neil", "\"idézet\"", "'; DROP TABLE thing; --", "árvíztűrő tükörfúrógép",
      "e\u{301}", "é", "👩‍👩‍👧", "\u{FEFF}bom", "sor\r\nvége\n", "100%_\\", "?1 $1 :a @b",
      String(repeating: "ű", count: 50_000),
    ])
  func `text comes back byte for byte`(engine: Engine, text: String) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing(text)
      #expect(try await store.labels().map { Array($0.utf8) } == [Array(text.utf8)])
    }
  }

  @Test(arguments: Engine.available)
  func `composed and decomposed letters are different text`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("é")
      try await store.addThing("e\u{301}")
      #expect(try await store.labels().map(\.utf8.count) == [2, 3])
    }
  }

  @Test(arguments: Engine.available, [Int64.min, -1, 0, 1, Int64.max])
  func `whole numbers come back to the last bit`(engine: Engine, number: Int64) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("szám", amount: number)
      #expect(try await store.amounts() == [number])
    }
  }

  @Test(
    arguments: Engine.available,
    [[], [0], [0, 0], Array(0...255), [UInt8](repeating: 255, count: 100_000)] as [[UInt8]])
  func `bytes come back as they were`(engine: Engine, bytes: [UInt8]) async throws {
    try await engine.use { store in
      try await store.makeThings()
      let stored = try await store.write { transaction in
        try transaction.row("INSERT INTO thing (body) VALUES (\(bytes)) RETURNING body")
      }
      #expect(try stored?.value("body") == bytes)
      let found = try await store.read { try $0.row("SELECT id FROM thing WHERE body = \(bytes)") }
      #expect(found != nil)
    }
  }

  @Test(
    arguments: Engine.available,
    [0, 0.001, 1_775_462_400, 1_775_462_400.123, -1, 253_402_300_799.999])
  func `an instant comes back to the millisecond`(engine: Engine, seconds: Double) async throws {
    try await engine.use { store in
      try await store.makeThings()
      let date = Date(timeIntervalSince1970: seconds)
      let stored = try await store.write { transaction in
        try transaction.row("INSERT INTO thing (amount) VALUES (\(date)) RETURNING amount")
      }
      let back: Date? = try stored?.value("amount")
      #expect(back == date)
    }
  }

  @Test(arguments: Engine.available, [true, false])
  func `true and false come back`(engine: Engine, truth: Bool) async throws {
    try await engine.use { store in
      try await store.makeThings()
      let stored = try await store.write { transaction in
        try transaction.row("INSERT INTO thing (amount) VALUES (\(truth)) RETURNING amount")
      }
      #expect(try stored?.value("amount") == truth)
      #expect(try stored?.value("amount") == (truth ? 1 : 0))
    }
  }

  @Test(arguments: Engine.available)
  func `nothing comes back as nothing`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      let stored = try await store.write { transaction in
        try transaction.row(
          """
          INSERT INTO thing (label, amount, body, owner)
          VALUES (\(String?.none), \(Int?.none), \([UInt8]?.none), \(Date?.none))
          RETURNING label, amount, body, owner
          """)
      }
      #expect(try stored?.optional("label", as: String.self) == nil)
      #expect(try stored?.optional("amount", as: Int.self) == nil)
      #expect(try stored?.optional("body", as: [UInt8].self) == nil)
      #expect(try stored?.optional("owner", as: Date.self) == nil)
    }
  }

  @Test(arguments: Engine.available)
  func `a value that looks like a statement is a value`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("kulcs")
      let evil = "kulcs' OR '1' = '1"
      let found = try await store.read {
        try $0.rows("SELECT label FROM thing WHERE label = \(evil)")
      }
      #expect(found.isEmpty)
    }
  }

  // MARK: Rows

  @Test(arguments: Engine.available)
  func `rows come in the asked order, and no more than asked for`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      for number in [3, 1, 2] as [Int64] { try await store.addThing("\(number)", amount: number) }
      let limit = 2
      let rows = try await store.read {
        try $0.rows("SELECT amount FROM thing ORDER BY amount LIMIT \(limit)")
      }
      #expect(try rows.map { try $0.value("amount", as: Int.self) } == [1, 2])
    }
  }

  @Test(arguments: Engine.available)
  func `new rows get new numbers, also after the last was deleted`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("kulcs")
      let ids = try await store.write { transaction in
        try transaction.perform("DELETE FROM thing")
        return try transaction.rows("INSERT INTO thing (label) VALUES ('lakat') RETURNING id")
      }
      #expect(try ids.map { try $0.value("id", as: Int.self) } == [2])
    }
  }

  // MARK: Compare and set

  @Test(arguments: Engine.available)
  func `a change tells how many rows it changed`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      for label in ["a", "b", "c"] { try await store.addThing(label) }
      let counts = try await store.write { transaction in
        [
          try transaction.execute("UPDATE thing SET amount = 1 WHERE label <> 'a'"),
          try transaction.execute("UPDATE thing SET amount = 2 WHERE amount = 7"),
          try transaction.execute("INSERT INTO thing (label) VALUES ('d'), ('e')"),
          try transaction.execute(
            "INSERT INTO thing (label) VALUES ('a') ON CONFLICT (label) DO NOTHING"),
          try transaction.execute("DELETE FROM thing WHERE label IN ('a', 'b', 'x')"),
          try transaction.execute("DELETE FROM thing WHERE label = 'x'"),
        ]
      }
      #expect(counts == [2, 0, 2, 0, 2, 0])
    }
  }

  @Test(arguments: Engine.available)
  func `rows by the thousand come back as they were, whatever is in them`(
    engine: Engine
  ) async throws {
    try await engine.use { store in
      try await store.makeThings()
      let labels = [
        "a\tb", "a\nb", "a\r\nb", "a\\b", "\\N", "\\.", "", "\"'", "árvíztűrő 🙂", "NULL",
      ]
      try await store.write { transaction in
        try transaction.load(
          labels.map { [.text($0), .integer(-1), .bytes([0, 0x5C, 0x0A, 0xFF])] }
            + [[.null, .null, .null]],
          into: "thing", columns: ["label", "amount", "body"])
      }
      let rows = try await store.read {
        try $0.rows("SELECT label, amount, body FROM thing ORDER BY id")
      }
      #expect(try rows.map { try $0.optional("label", as: String.self) } == labels + [nil])
      #expect(
        try rows.dropLast().allSatisfy {
          try $0.value("amount") == -1
            && $0.value("body", as: [UInt8].self) == [0, 0x5C, 0x0A, 0xFF]
        })
    }
  }

  /// Many go into one statement on one engine, and in pieces over the network on the other.
  @Test(arguments: Engine.available)
  func `however many rows come at once, all come and in their order`(
    engine: Engine
  ) async throws {
    try await engine.use { store in
      try await store.makeThings()
      let long = String(repeating: "ő", count: 1_000)
      var expected: [String] = []
      for count in [0, 1, 31, 32, 33, 64, 65, 700] {
        let labels = (0..<count).map { "\(count)/\($0) \(long)" }
        expected += labels
        try await store.write { transaction in
          try transaction.load(labels.map { [.text($0)] }, into: "thing", columns: ["label"])
        }
      }
      let rows = try await store.read { try $0.rows("SELECT label FROM thing ORDER BY id") }
      #expect(try rows.map { try $0.value("label", as: String.self) } == expected)
    }
  }

  @Test(arguments: Engine.available)
  func `rows that break a rule undo the whole write`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      await #expect(throws: (any Error).self) {
        try await store.write { transaction in
          try transaction.perform("INSERT INTO thing (label) VALUES ('kulcs')")
          try transaction.load(
            [[.text("lakat")], [.text("lakat")]], into: "thing", columns: ["label"])
        }
      }
      #expect(try await store.labels().isEmpty)
    }
  }

  @Test(arguments: Engine.available)
  func `a fault of a statement whose count nobody needs comes out of the write`(
    engine: Engine
  ) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("kulcs")
      let error = await #expect(throws: (any Error).self) {
        try await store.write { transaction in
          try transaction.perform("INSERT INTO thing (label) VALUES ('lakat')")
          try transaction.perform("INSERT INTO thing (amount) VALUES (-13)")
          try transaction.perform("INSERT INTO thing (label) VALUES ('retesz')")
        }
      }
      #expect(!(error is StoreFault))
      #expect(try await store.labels() == ["kulcs"])
      try await store.addThing("lánc")
      #expect(try await store.labels() == ["kulcs", "lánc"])
    }
  }

  @Test(arguments: Engine.available)
  func `a claim succeeds once`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("kulcs")
      let claims = try await store.write { transaction in
        try (1...2).map { _ in
          try transaction.rows(
            "UPDATE thing SET amount = 1 WHERE label = 'kulcs' AND amount = 0 RETURNING id"
          ).count
        }
      }
      #expect(claims == [1, 0])
    }
  }

  @Test(arguments: Engine.available)
  func `an insert that meets a row gives none back or the changed one`(engine: Engine) async throws
  {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("kulcs", amount: 5)
      let (kept, changed) = try await store.write { transaction in
        (
          try transaction.rows(
            """
            INSERT INTO thing (label, amount) VALUES ('kulcs', 6)
            ON CONFLICT DO NOTHING
            RETURNING amount
            """),
          try transaction.rows(
            """
            INSERT INTO thing (label, amount) VALUES ('kulcs', 7)
            ON CONFLICT (label) DO UPDATE SET amount = thing.amount + excluded.amount
            RETURNING amount
            """)
        )
      }
      #expect(kept.isEmpty)
      #expect(try changed.map { try $0.value("amount", as: Int.self) } == [12])
    }
  }

  // MARK: Many at once

  @Test(arguments: Engine.available)
  func `of fifty claims at once one succeeds`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("kulcs")
      let winners = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 1...50 {
          group.addTask {
            try await store.write {
              try $0.execute("UPDATE thing SET amount = 1 WHERE label = 'kulcs' AND amount = 0")
            }
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(winners == 1)
    }
  }

  @Test(arguments: Engine.available)
  func `of two hundred counts at once none is lost`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("számláló")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 1...200 {
          group.addTask {
            try await store.write { transaction in
              // Read and then written, so that a lost lock would lose a count.
              let amount: Int64 =
                try transaction.row(
                  "SELECT amount FROM thing \(Query.Differing.rowLock)")?.value("amount") ?? 0
              try transaction.perform("UPDATE thing SET amount = \(amount + 1)")
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await store.amounts() == [200])
    }
  }

  @Test(arguments: Engine.available)
  func `a reader never sees half a change`(engine: Engine) async throws {
    try await engine.use { store in
      try await store.makeThings()
      try await store.addThing("zseb", amount: 100)
      try await store.addThing("tárca", amount: 0)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for _ in 1...100 {
            try await store.write { transaction in
              try transaction.perform("UPDATE thing SET amount = amount - 1 WHERE label = 'zseb'")
              try transaction.perform("UPDATE thing SET amount = amount + 1 WHERE label = 'tárca'")
            }
          }
        }
        for _ in 1...3 {
          group.addTask {
            for _ in 1...50 {
              let sum = try await store.sumOfTwoReads()
              #expect(sum == 100)
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await store.amounts() == [0, 100])
    }
  }
}

extension Store {
  /// Two statements, which are one moment.
  fileprivate func sumOfTwoReads() async throws -> Int64 {
    try await read { transaction in
      let parts = try ["zseb", "tárca"].map { label -> Int64 in
        try transaction.row("SELECT amount FROM thing WHERE label = \(label)")?.value("amount")
          ?? -1
      }
      return parts.reduce(0, +)
    }
  }
}
