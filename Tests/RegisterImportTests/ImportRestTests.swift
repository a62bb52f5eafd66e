import Persistence
import Synchronization
import TestSupport
import Testing

@testable import RegisterImport

/// The embedded database has one writer at a time: an import of a whole register lets customers
/// write between its transactions.
struct ImportRestTests {
  private enum Step: Equatable {
    case write
    case rest(Duration)
  }

  @Test func `each transaction with many rows is followed by a rest`() async throws {
    let office = try await RegisterOffice()
    let old = Files(customers: numbers(1...520), policies: numbers(1...100))
    let new = Files(customers: numbers(21...1_040), policies: numbers(31...150))
    _ = try await office.take(customers: old.customerLines, policies: old.policyLines)
    let taken = try await steps(of: new, at: office)
    // Four batches of customers, one of policies, and what sweeps the old rows.
    #expect(taken.count { $0 == .rest(ImportSizes().rest) } >= 8)
    // The claim, the replacement and the farewell are small.
    let unrested = zip(taken, taken.dropFirst() + [.write]).filter { step, next in
      step == .write && next == .write
    }
    #expect(unrested.count == 3)
  }

  @Test func `nobody waits while the first register is written`() async throws {
    let office = try await RegisterOffice()
    let first = Files(customers: numbers(1...1_040), policies: numbers(1...150))
    let taken = try await steps(of: first, at: office)
    #expect(taken.count(where: { $0 == .write }) >= 8)
    #expect(!taken.contains { $0 != .write })
  }

  private func steps(of files: Files, at office: RegisterOffice) async throws -> [Step] {
    let steps = Mutex<[Step]>([])
    let store = HookedStore(
      office.store, afterWrite: { _ in steps.withLock { $0.append(.write) } })
    var sizes = ImportSizes.beside
    sizes.rest = ImportSizes().rest
    let replacement = RegisterReplacement(
      store: store, now: { office.clock.now }, sizes: sizes,
      pause: { duration in steps.withLock { $0.append(.rest(duration)) } })
    let report = try await replacement.run(
      customers: RegisterOffice.stream(
        Array((RegisterOffice.customerHeader + files.customerLines).utf8)),
      policies: RegisterOffice.stream(
        Array((RegisterOffice.policyHeader + files.policyLines).utf8)),
      options: .unguarded)
    #expect(report.outcome == .replaced)
    return steps.withLock { $0 }
  }

  @Test func `a rest is longer than whoever waits for the database sleeps before looking again`() {
    // SQLite's own busy handler sleeps a tenth of a second at most.
    #expect(ImportSizes().rest > .milliseconds(100))
  }
}
