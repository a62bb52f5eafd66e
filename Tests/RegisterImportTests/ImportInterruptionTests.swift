import Foundation
import Persistence
import Synchronization
import TestSupport
import Testing

@testable import RegisterImport

/// The old register or the new one, whatever happens in between.
struct ImportInterruptionTests {
  let old = Files(customers: numbers(1...520), policies: numbers(1...100))
  let new = Files(customers: numbers(21...540), policies: numbers(31...150))

  @Test func `a reader sees the old register until it sees the new one`() async throws {
    let office = try await RegisterOffice()
    _ = try await take(old, in: office)
    let seen = Mutex([try await office.register()])
    let store = HookedStore(
      office.store,
      afterWrite: { _ in
        let register = try await office.register()
        seen.withLock { if $0.last != register { $0.append(register) } }
      })
    office.clock.advance(by: 60)
    _ = try await take(new, in: office, sizes: .beside, through: store)
    let registers = seen.withLock { $0 }
    #expect(store.writeCount > 6)
    #expect(registers.map(\.customers.count) == [520, 520])
    #expect(registers.map(\.policies.count) == [100, 120])
    #expect(registers.last == (try await office.register()))
  }

  /// Each write of the import is once the last one before the power goes.
  @Test(arguments: [ImportSizes.beside, .small])
  func `after a power cut one register answers, and the next import cleans up`(
    sizes: ImportSizes
  ) async throws {
    try await interrupt(sizes) { office, number in
      HookedStore(office.store, beforeWrite: { if $0 >= number { throw PowerCut() } })
    }
  }

  /// The answer to each commit gets lost once, as it can on the way from PostgreSQL.
  @Test(arguments: [ImportSizes.beside, .small])
  func `a commit of which nobody knows whether it happened costs no rows`(
    sizes: ImportSizes
  ) async throws {
    try await interrupt(sizes) { office, number in
      HookedStore(office.store, afterWrite: { if $0 == number { throw PowerCut() } })
    }
  }

  private func interrupt(
    _ sizes: ImportSizes, _ interrupted: (RegisterOffice, Int) -> HookedStore
  ) async throws {
    let before = try await outcome(of: old)
    let after = try await outcome(of: new)
    for number in 1...100 {
      let office = try await RegisterOffice()
      _ = try await take(old, in: office)
      let store = interrupted(office, number)
      let report = try? await take(new, in: office, sizes: sizes, through: store)

      let register = try await office.register()
      #expect([before, after].contains(Self.rows(of: register)))
      if report?.outcome == .replaced { #expect(Self.rows(of: register) == after) }

      office.clock.advance(by: Double(ImportLimits.secondsOfSilence))
      let next = try await take(old, in: office, sizes: sizes)
      #expect(next.outcome == .replaced)
      #expect(Self.rows(of: try await office.register()) == before)
      #expect(try await office.storedRows() == before.count)
      if store.writeCount < number { return }
    }
    Issue.record("The import never came to its end.")
  }

  @Test func `while an import is alive a second one is refused`() async throws {
    let office = try await RegisterOffice()
    let second = Mutex<[ImportReport]>([])
    let started = office.clock.now
    let first = try await take(old, in: office) { _ in
      let report = try? await take(new, in: office)
      second.withLock { $0 += [report].compactMap { $0 } }
    }
    #expect(first.outcome == .replaced)
    let refusals = second.withLock { $0.map(\.refusal) }
    #expect(refusals.count > 2)
    #expect(refusals.allSatisfy { $0 == .anotherImport(lastSeenAt: started) })
    #expect(refusals.first??.isWorthAnotherTry == true)
    #expect(try await take(new, in: office).outcome == .replaced)
  }

  @Test func `a dead import is taken over after two minutes and not before`() async throws {
    let office = try await RegisterOffice()
    let store = HookedStore(office.store, beforeWrite: { if $0 > 3 { throw PowerCut() } })
    await #expect(throws: PowerCut.self) {
      try await take(old, in: office, sizes: .beside, through: store)
    }
    let died = office.clock.now
    #expect(try await office.storedRows() > 0)

    office.clock.advance(by: 119)
    #expect(
      try await take(new, in: office).outcome == .refused(.anotherImport(lastSeenAt: died)))
    office.clock.advance(by: 1)
    #expect(try await take(new, in: office).outcome == .replaced)
    #expect(try await office.storedRows() == office.register().rowCount)
  }

  @Test func `an import that slept too long finds itself replaced`() async throws {
    let office = try await RegisterOffice()
    let sleeper = try await take(old, in: office) { progress in
      guard progress.file == .customers, progress.stage == .reading, progress.bytes < 1_000 else {
        return
      }
      var other: ImportReport?
      // The policies are read at the same time, and may give a sign of life in between.
      for _ in 1...100 where other?.outcome != .replaced {
        office.clock.advance(by: Double(ImportLimits.secondsOfSilence))
        other = try? await take(new, in: office)
      }
      #expect(other?.outcome == .replaced)
    }
    #expect(sleeper.outcome == .refused(.takenOver))
    let register = try await office.register()
    #expect(Self.rows(of: register) == (try await outcome(of: new)))
    #expect(try await office.storedRows() == register.rowCount)
  }

  @Test func `an import that fails gives the next one its place at once`() async throws {
    let office = try await RegisterOffice()
    struct Broken: Error {}
    let halfAFile = AsyncThrowingStream<[UInt8], any Error> { continuation in
      continuation.yield(Array((RegisterOffice.customerHeader + customerLine("1234567")).utf8))
      continuation.finish(throwing: Broken())
    }
    await #expect(throws: Broken.self) {
      try await office.replacement().run(
        customers: halfAFile,
        policies: RegisterOffice.stream(Array(RegisterOffice.policyHeader.utf8)))
    }
    #expect(try await office.storedRows() == 0)
    #expect(try await take(old, in: office).outcome == .replaced)
  }

  @Test func `an import that is cancelled cleans up`() async throws {
    let office = try await RegisterOffice()
    let files = old
    let cancellation = Mutex<(@Sendable () -> Void)?>(nil)
    let running = Task {
      try await take(files, in: office) { _ in
        while cancellation.withLock({ $0 == nil }) { await Task.yield() }
        cancellation.withLock { $0?() }
      }
    }
    cancellation.withLock { $0 = { running.cancel() } }
    await #expect(throws: CancellationError.self) { try await running.value }
    #expect(try await office.storedRows() == 0)
    #expect(try await take(old, in: office).outcome == .replaced)
  }

  @Test func `a signal while rows are written is obeyed at once, and the next import sweeps`()
    async throws
  {
    let office = try await RegisterOffice()
    _ = try await take(old, in: office)
    let before = try await office.register()
    let files = new
    let store = HookedStore(office.store)
    let cancellation = Mutex<(@Sendable () -> Void)?>(nil)
    let writesBefore = Mutex(0)
    let running = Task {
      try await take(files, in: office, sizes: .beside, through: store) { progress in
        if progress.stage != .writing { return }
        while cancellation.withLock({ $0 == nil }) { await Task.yield() }
        writesBefore.withLock { $0 = store.writeCount }
        cancellation.withLock { $0?() }
      }
    }
    cancellation.withLock { $0 = { running.cancel() } }
    await #expect(throws: CancellationError.self) { try await running.value }
    // One more, which gives the place to the next import.
    #expect(store.writeCount == writesBefore.withLock { $0 } + 1)
    #expect(try await office.storedRows() == before.rowCount + 512)
    #expect(try await office.register() == before)

    #expect(try await take(new, in: office).outcome == .replaced)
    let after = try await office.register()
    #expect(Self.rows(of: after) == (try await outcome(of: new)))
    #expect(try await office.storedRows() == after.rowCount)
  }

  @Test func `remains of several dead imports mix into none, and one import sweeps them all`()
    async throws
  {
    let office = try await RegisterOffice()
    for number in 2...4 {
      let store = HookedStore(office.store, beforeWrite: { if $0 > number { throw PowerCut() } })
      _ = try? await take(old, in: office, sizes: .beside, through: store)
      office.clock.advance(by: Double(ImportLimits.secondsOfSilence))
    }
    #expect(try await office.storedRows() > 1_000)
    let report = try await take(new, in: office)
    #expect(report.customers.new == 520 && report.customers.removed == 0)
    #expect(Self.rows(of: try await office.register()) == (try await outcome(of: new)))
    #expect(try await office.storedRows() == office.register().rowCount)
  }

  @Test func `rows of the old register that cannot be deleted are left for the next import`()
    async throws
  {
    let office = try await RegisterOffice()
    _ = try await take(old, in: office)
    // The claim, four batches, the replacement.
    let store = HookedStore(office.store, beforeWrite: { if $0 > 6 { throw PowerCut() } })
    let report = try await take(new, in: office, sizes: .beside, through: store)
    #expect(report.outcome == .replaced)
    #expect(report.hasLeftovers)
    #expect(Self.rows(of: try await office.register()) == (try await outcome(of: new)))
  }

  @Test func `a lock that the system takes back makes waiting for a dead import needless`()
    async throws
  {
    let office = try await RegisterOffice()
    let store = HookedStore(office.store, beforeWrite: { if $0 > 3 { throw PowerCut() } })
    await #expect(throws: PowerCut.self) {
      try await take(old, in: office, sizes: .beside, through: store)
    }
    #expect(try await take(new, in: office).refusal?.isWorthAnotherTry == true)

    let alone = RegisterReplacement(
      store: office.store, now: { office.clock.now }, sizes: .small, lock: StoryLock(isFree: true))
    let next = try await alone.run(
      customers: RegisterOffice.stream(
        Array((RegisterOffice.customerHeader + new.customerLines).utf8)),
      policies: RegisterOffice.stream(
        Array((RegisterOffice.policyHeader + new.policyLines).utf8)),
      options: .unguarded)
    #expect(next.outcome == .replaced)
    #expect(try await office.storedRows() == office.register().rowCount)
  }

  @Test func `while another program has the lock nothing is written`() async throws {
    let office = try await RegisterOffice()
    let store = HookedStore(office.store)
    let second = RegisterReplacement(
      store: store, now: { office.clock.now }, lock: StoryLock(isFree: false))
    let report = try await second.run(
      customers: RegisterOffice.stream([]), policies: RegisterOffice.stream([]))
    #expect(report.outcome == .refused(.anotherImport(lastSeenAt: nil)))
    #expect(report.refusal?.isWorthAnotherTry == true)
    #expect(store.writeCount == 0)
  }

  private func take(
    _ files: Files, in office: RegisterOffice, sizes: ImportSizes = .small,
    through store: (any Store)? = nil,
    onProgress: @escaping @Sendable (ImportProgress) async -> Void = { _ in }
  ) async throws -> ImportReport {
    try await office.take(
      customers: files.customerLines, policies: files.policyLines, sizes: sizes, through: store,
      onProgress: onProgress)
  }

  private func outcome(of files: Files) async throws -> [String] {
    let office = try await RegisterOffice()
    _ = try await take(files, in: office)
    return Self.rows(of: try await office.register())
  }

  private static func rows(of register: VisibleRegister) -> [String] {
    register.customers + register.oldNumbers + register.policies
  }
}

/// What is in two register files.
struct Files: Sendable {
  let customers: [String]
  /// The customers with a policy.
  let policies: [String]

  var customerLines: String {
    customers.map { "\($0),R\($0),Próba Péter,,,active\n" }.joined()
  }

  var policyLines: String {
    policies.map { "P\($0),\($0),életbiztosítás,active,,\n" }.joined()
  }
}

/// A lock that another program has, or has not.
private struct StoryLock: ImportLock {
  let isFree: Bool

  func acquire() -> Bool { isFree }
}
