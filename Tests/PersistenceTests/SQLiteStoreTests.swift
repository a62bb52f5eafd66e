import Dispatch
import Foundation
import Persistence
import PersistenceSQLite
import TestSupport
import Testing

/// What is true of the embedded database alone.
struct SQLiteStoreTests {
  @Test func `what was acknowledged is there when the file is opened again`() async throws {
    try await ScratchFolder.use { file in
      let before = try SQLiteStore(path: file)
      try await before.makeThings()
      try await before.addThing("kulcs")
      try before.close()
      let after = try SQLiteStore(path: file)
      #expect(try await after.labels() == ["kulcs"])
      try after.close()
    }
  }

  @Test func `a second connection sees what is acknowledged while the first is open`() async throws
  {
    try await ScratchFolder.use { file in
      let one = try SQLiteStore(path: file)
      try await one.makeThings()
      let other = try SQLiteStore(path: file)
      try await one.addThing("kulcs")
      #expect(try await other.labels() == ["kulcs"])
      try other.close()
      try one.close()
    }
  }

  @Test func `a read goes on seeing its moment while others write`() async throws {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      try await store.makeThings()
      let (began, signal) = AsyncStream.makeStream(of: Void.self)
      let mayEnd = DispatchSemaphore(value: 0)
      async let counts = store.read { transaction in
        let count = { try transaction.rows("SELECT id FROM thing").count }
        let before = try count()
        signal.finish()
        mayEnd.wait()
        return [before, try count()]
      }
      for await _ in began {}
      try await store.addThing("kulcs")
      mayEnd.signal()
      #expect(try await counts == [0, 0])
      #expect(try await store.labels() == ["kulcs"])
      try store.close()
    }
  }

  @Test(arguments: [
    ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("trusted_schema", "0"),
    ("recursive_triggers", "1"), ("secure_delete", "1"),
  ])
  func `every connection keeps the file safe`(setting: String, value: String) async throws {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      #expect(try await store.write { try $0.setting(setting) } == value)
      #expect(try await store.read { try $0.setting(setting) } == value)
      try store.close()
    }
  }

  @Test func `the log is copied back with all writers shut out, never by itself`() async throws {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      #expect(try await store.write { try $0.setting("wal_autocheckpoint") } == "0")
      try await store.makeThings()
      func log() throws -> UInt64 {
        let attributes = try FileManager.default.attributesOfItem(atPath: file + "-wal")
        return (attributes[.size] as? UInt64) ?? 0
      }
      for number in 1...300 { try await store.addThing("\(number)") }
      let afterThreeHundred = try log()
      for number in 301...1500 { try await store.addThing("\(number)") }
      // Without copying back it would have grown fivefold.
      #expect(try log() < 2 * afterThreeHundred)
      try store.close()
    }
  }

  /// An import that is killed leaves the log of one such transaction, and not of many.
  @Test func `after rows by the thousand the log begins anew`() async throws {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      try await store.makeThings()
      func log() throws -> UInt64 {
        let attributes = try FileManager.default.attributesOfItem(atPath: file + "-wal")
        return (attributes[.size] as? UInt64) ?? 0
      }
      let body = [UInt8](repeating: 7, count: 100)
      let rows: [[SQLValue]] = Array(
        repeating: [.integer(0), .bytes(body)], count: 8_192)
      func add() async throws {
        try await store.write {
          try $0.load(rows, into: "thing", columns: ["amount", "body"])
        }
      }
      try await add()
      let afterOne = try log()
      for _ in 1...5 { try await add() }
      #expect(try log() < 2 * afterOne)
      for _ in 1...5 {
        try await store.write {
          try $0.perform("UPDATE thing SET amount = amount + 1 WHERE id <= 8192")
        }
      }
      #expect(try log() < 2 * afterOne)
      try store.close()
    }
  }

  /// Ctrl-C while an import writes: the program ends as one that was interrupted, not as one that
  /// has met a fault.
  @Test func `whoever stops waiting for rows by the thousand is told of the cancellation`()
    async throws
  {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      try await store.makeThings()
      let rows: [[SQLValue]] = Array(repeating: [.integer(0)], count: 512)
      let (begun, hasBegun) = AsyncStream<Void>.makeStream()
      let loading = Task {
        try await store.write { transaction in
          // Far more than are written before the cancellation; a bound for a store that ignores it.
          for _ in 1...2_000 {
            try transaction.load(rows, into: "thing", columns: ["amount"])
            hasBegun.yield()
          }
        }
      }
      for await _ in begun { break }
      loading.cancel()
      await #expect(throws: CancellationError.self) { try await loading.value }
      #expect(try await store.labels().isEmpty)
      try store.close()
    }
  }

  @Test func `the files are readable by their owner alone, those of an older program too`()
    async throws
  {
    try await ScratchFolder.use { file in
      func modes() throws -> Set<Int> {
        let attributes = try [file, file + "-wal", file + "-shm"].map {
          try FileManager.default.attributesOfItem(atPath: $0)
        }
        return Set(attributes.compactMap { $0[.posixPermissions] as? Int })
      }
      let store = try SQLiteStore(path: file)
      try await store.makeThings()
      #expect(try modes() == [0o600])
      for name in [file, file + "-wal", file + "-shm"] {
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: name)
      }
      let later = try SQLiteStore(path: file)
      try await later.addThing("kulcs")
      #expect(try modes() == [0o600])
      try later.close()
      try store.close()
    }
  }

  // Attack 14: a copy of the files taken later has no code in it.
  @Test func `what was blanked is nowhere once the log was emptied`() async throws {
    try await ScratchFolder.use { file in
      func found() throws -> Bool {
        try [file, file + "-wal"].contains { name in
          try Data(contentsOf: URL(fileURLWithPath: name)).range(of: Data("918273".utf8)) != nil
        }
      }
      let store = try SQLiteStore(path: file)
      try await store.makeThings()
      try await store.addThing("az Ön kódja 918273")
      try await store.write { try $0.perform("UPDATE thing SET label = NULL") }
      #expect(try found())
      await store.forgetLog()
      #expect(try !found())
      try await store.addThing("kulcs")
      try store.close()
    }
  }

  @Test func `emptying the log waits for nobody who reads, and works the next time`() async throws {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      try await store.makeThings()
      let (began, signal) = AsyncStream.makeStream(of: Void.self)
      let mayEnd = DispatchSemaphore(value: 0)
      async let read: Void = store.read { transaction in
        _ = try transaction.rows("SELECT id FROM thing")
        signal.finish()
        mayEnd.wait()
      }
      for await _ in began {}
      func log() throws -> Int {
        try FileManager.default.attributesOfItem(atPath: file + "-wal")[.size] as? Int ?? 0
      }
      try await store.addThing("kulcs")
      await store.forgetLog()
      #expect(try log() > 0)
      mayEnd.signal()
      try await read
      await store.forgetLog()
      #expect(try log() == 0)
      #expect(try await store.labels() == ["kulcs"])
      try store.close()
    }
  }

  // MARK: Soundness

  /// A file of some hundred pages.
  private func fill(_ store: SQLiteStore, rows: Int) async throws {
    try await store.makeThings()
    try await store.write { transaction in
      try transaction.perform(
        """
        INSERT INTO thing (label)
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < \(rows))
        SELECT 'ez a ' || n || '. sor, és még sok egyéb is van benne' FROM number
        """)
    }
  }

  @Test func `a sound file is found to be so`() async throws {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      try await fill(store, rows: 1000)
      #expect(try await store.quickCheck(within: 60) == .sound)
      try store.close()
    }
  }

  @Test func `a damaged file is found to be so`() async throws {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      try await fill(store, rows: 5000)
      try store.close()
      let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
      try handle.seek(toOffset: 40 * 4096)
      try handle.write(contentsOf: Data(repeating: 0xA5, count: 4096))
      try handle.close()
      let damaged = try SQLiteStore(path: file)
      let found = try await damaged.quickCheck(within: 60)
      guard case .damaged(let words) = found else {
        Issue.record("\(found)")
        return
      }
      #expect(!words.isEmpty)
      try damaged.close()
    }
  }

  @Test func `a file that is too large for the time is left, and work goes on`() async throws {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      try await fill(store, rows: 400_000)
      #expect(try await store.quickCheck(within: 0) == .unfinished)
      for number in 1...20 { try await store.addThing("\(number)") }
      try store.close()
    }
  }

  @Test func `a folder that does not exist is an outage`() {
    #expect(throws: StoreFault.self) { try SQLiteStore(path: "/nowhere/belepo.sqlite") }
  }

  @Test func `a file that is no database is an outage`() async throws {
    try await ScratchFolder.use { file in
      try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: file))
      #expect(throws: StoreFault.self) { try SQLiteStore(path: file) }
    }
  }

  @Test func `the library tells its version`() async throws {
    let parts = try await SQLiteStore.inMemory().libraryVersion().split(separator: ".")
    #expect(parts.count == 3)
    #expect(parts.allSatisfy { Int($0) != nil })
  }
}

extension Transaction {
  /// A setting of this connection, as text.
  fileprivate func setting(_ name: String) throws -> String? {
    try row(Query(stringLiteral: "PRAGMA \(name)"))?.value(name, as: Setting.self).text
  }
}

/// A number or a word.
private struct Setting: SQLDecodable {
  let text: String

  init?(sqlValue: SQLValue) {
    switch sqlValue {
    case .integer(let number): text = String(number)
    case .text(let word): text = word
    case .null, .bytes: return nil
    }
  }
}
