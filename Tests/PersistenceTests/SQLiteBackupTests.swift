import Foundation
import Persistence
import PersistenceSQLite
import Synchronization
import TestSupport
import Testing

/// A copy of the embedded database, made while it is in use.
struct SQLiteBackupTests {
  @Test func `a copy has all that was acknowledged, also what is still in the log`() async throws {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      try await store.makeThings()
      for number in 0..<20 { try await store.addThing("\(number)") }
      try store.backUp(to: file + ".copy")
      try await store.addThing("later")
      let copy = try SQLiteStore(path: file + ".copy")
      #expect(try await copy.labels().sorted() == (0..<20).map { "\($0)" }.sorted())
      try copy.close()
      try store.close()
    }
  }

  @Test func `a copy is one file that its owner alone can read`() async throws {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      try await store.makeThings()
      try store.backUp(to: file + ".copy")
      for companion in ["-wal", "-shm", "-journal"] {
        #expect(!FileManager.default.fileExists(atPath: file + ".copy" + companion))
      }
      let attributes = try FileManager.default.attributesOfItem(atPath: file + ".copy")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      try store.close()
    }
  }

  @Test func `a copy is of one moment, however much is written meanwhile`() async throws {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      try await store.makeThings()
      // Told, and not cancelled: that would end the write that it meets.
      let isOver = Atomic(false)
      let writing = Task {
        var number = 0
        while !isOver.load(ordering: .relaxed) {
          try await store.addThing("\(number)")
          number += 1
        }
      }
      for place in 0..<5 {
        try store.backUp(to: file + ".\(place)")
        let copy = try SQLiteStore(path: file + ".\(place)")
        #expect(try await copy.quickCheck(within: 600) == .sound)
        // In the order of their writing, and no gap.
        let count = try await copy.labels().count
        let labels = Set(try await copy.labels())
        #expect(labels == Set((0..<count).map { "\($0)" }))
        try copy.close()
      }
      isOver.store(true, ordering: .relaxed)
      try await writing.value
      try store.close()
    }
  }

  @Test func `nobody is alone with a database that another one has open`() async throws {
    try await ScratchFolder.use { file in
      let store = try SQLiteStore(path: file)
      try await store.makeThings()
      #expect(throws: StoreFault.busy) { try SQLiteStore.withoutOthers(file) {} }
      try await store.addThing("kulcs")
      try store.close()
      try SQLiteStore.withoutOthers(file) {
        #expect(!FileManager.default.fileExists(atPath: file + "-wal"))
      }
      let after = try SQLiteStore(path: file)
      #expect(try await after.labels() == ["kulcs"])
      try after.close()
    }
  }
}
