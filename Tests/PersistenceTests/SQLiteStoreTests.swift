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
