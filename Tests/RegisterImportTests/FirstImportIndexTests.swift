import DatabaseSchema
import Foundation
import Persistence
import Synchronization
import TestSupport
import Testing

@testable import RegisterImport

/// A first import builds most indexes when its rows are there, and no register is ever in use
/// without them.
struct FirstImportIndexTests {
  private let files = Files(customers: numbers(1...520), policies: numbers(1...100))
  private let others = Files(customers: numbers(21...540), policies: numbers(31...150))

  @Test(arguments: [ImportSizes.beside, .small])
  func `the schema is afterwards what the steps make it`(sizes: ImportSizes) async throws {
    let office = try await RegisterOffice()
    let before = try await indexes(of: office)
    #expect(try await take(files, in: office, sizes).outcome == .replaced)
    #expect(try await indexes(of: office) == before)
    #expect(try await office.register().customers.count == 520)
  }

  @Test func `rows come without indexes, and the register into use with them`() async throws {
    let office = try await RegisterOffice()
    let all = try await indexes(of: office).count
    let seen = Mutex<[Int]>([])
    let store = HookedStore(
      office.store,
      afterWrite: { _ in
        let count = try await indexes(of: office).count
        let isInUse = try await office.register().importedAt != nil
        seen.withLock { $0.append(count) }
        #expect(count == all || !isInUse)
      })
    #expect(try await take(files, in: office, .beside, through: store).outcome == .replaced)
    let counts = seen.withLock { $0 }
    // The claim; the drop, three batches of customers and one of policies; four indexes; the
    // replacement and the farewell.
    #expect(
      counts.map { all - $0 } == [0, 4, 4, 4, 4, 4, 3, 2, 1, 0, 0, 0])
  }

  /// They are written while they are compared, and some guards know only then.
  @Test func `rows that a guard then refuses are gone, and the next import comes at once`()
    async throws
  {
    let office = try await RegisterOffice()
    let orphaned = Files(customers: numbers(1...520), policies: numbers(500...600))
    let most = Mutex(0)
    let store = HookedStore(
      office.store,
      afterWrite: { _ in
        let count = try await office.storedRows()
        most.withLock { $0 = max($0, count) }
      })
    let refused = try await take(
      orphaned, in: office, .beside, options: ImportOptions(), through: store)
    #expect(refused.refusal?.findings.map(\.name) == [.rejects])
    #expect(most.withLock { $0 } > 520)
    #expect(try await office.storedRows() == 0)
    #expect(try await office.register().importedAt == nil)
    #expect(try await take(files, in: office, .beside).outcome == .replaced)
  }

  @Test func `nothing is written of files that a guard refuses as they are read`() async throws {
    let office = try await RegisterOffice()
    let store = HookedStore(
      office.store,
      afterWrite: { _ in
        let count = try await office.storedRows()
        #expect(count == 0)
      })
    let wrong = (1...10).map { "rossz\($0)" }
    let refused = try await take(
      Files(customers: numbers(1...520) + wrong, policies: []), in: office, .beside,
      options: ImportOptions(), through: store)
    #expect(refused.refusal?.findings.map(\.name) == [.rejects])
    #expect(store.writeCount > 1)
  }

  @Test func `a following import leaves the indexes of the register in use alone`() async throws {
    let office = try await RegisterOffice()
    let before = try await indexes(of: office)
    _ = try await take(files, in: office, .beside)
    let store = HookedStore(
      office.store,
      afterWrite: { _ in
        let present = try await indexes(of: office)
        #expect(present == before)
      })
    #expect(try await take(others, in: office, .beside, through: store).outcome == .replaced)
    #expect(store.writeCount > 6)
  }

  /// Each write of the import is once the last one before the power goes.
  @Test(arguments: [ImportSizes.beside, .small])
  func `what a killed import has left undone the next one does`(
    sizes: ImportSizes
  ) async throws {
    for number in 1...100 {
      let office = try await RegisterOffice()
      let before = try await indexes(of: office)
      let store = HookedStore(
        office.store, beforeWrite: { if $0 >= number { throw PowerCut() } })
      _ = try? await take(files, in: office, .beside, through: store)
      if try await office.register().importedAt != nil {
        #expect(try await indexes(of: office) == before)
      }

      office.clock.advance(by: Double(ImportLimits.secondsOfSilence))
      #expect(try await take(others, in: office, sizes).outcome == .replaced)
      #expect(try await indexes(of: office) == before)
      let register = try await office.register()
      #expect(register.customers.count == 520)
      #expect(try await office.storedRows() == register.rowCount)
      if store.writeCount < number { return }
    }
    Issue.record("The import never came to its end.")
  }

  @Test func `where the insurer's service follows a killed import, the start builds them`()
    async throws
  {
    let office = try await RegisterOffice()
    let before = try await indexes(of: office)
    let store = HookedStore(office.store, beforeWrite: { if $0 > 3 { throw PowerCut() } })
    await #expect(throws: PowerCut.self) {
      try await take(files, in: office, .beside, through: store)
    }
    #expect(try await indexes(of: office).count == before.count - 4)
    try await replacement(.beside, office.store, office).restoreIndexes()
    #expect(try await indexes(of: office) == before)
  }

  @Test func `while somebody has the tables, the indexes stay and grow with each row`()
    async throws
  {
    let office = try await RegisterOffice()
    let before = try await indexes(of: office)
    let store = HookedStore(office.store, beforeWrite: { if $0 == 2 { throw StoreFault.busy } })
    #expect(try await take(files, in: office, .beside, through: store).outcome == .replaced)
    #expect(try await indexes(of: office) == before)
    #expect(try await office.register().customers.count == 520)
  }

  private func take(
    _ files: Files, in office: RegisterOffice, _ sizes: ImportSizes,
    options: ImportOptions = .unguarded, through store: (any Store)? = nil
  ) async throws -> ImportReport {
    try await replacement(sizes, store ?? office.store, office).run(
      customers: RegisterOffice.stream(
        Array((RegisterOffice.customerHeader + files.customerLines).utf8)),
      policies: RegisterOffice.stream(
        Array((RegisterOffice.policyHeader + files.policyLines).utf8)),
      options: options)
  }

  private func replacement(
    _ sizes: ImportSizes, _ store: any Store, _ office: RegisterOffice
  ) -> RegisterReplacement {
    let clock = office.clock
    return RegisterReplacement(
      store: store, now: { clock.now }, sizes: sizes, schema: .belepo)
  }
}

/// Those of the register's tables, as the engine tells them.
private func indexes(of office: RegisterOffice) async throws -> [String] {
  try await office.store.read { transaction in
    try transaction.rows(
      """
      SELECT \(Query.Differing(sqlite: "sql", postgres: "indexdef")) AS words
      FROM \(Query.Differing(
        sqlite: "sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name",
        postgres: "pg_indexes WHERE schemaname = current_schema() AND tablename"
      )) LIKE 'register_%'
      ORDER BY \(Query.Differing(sqlite: "name", postgres: "indexname"))
      """
    ).map { try $0.value("words", as: String.self) }
  }
}
