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

  @Test(
    arguments: [
      (0.1, ImportSizes().rest), (3, .seconds(1)), (-3, ImportSizes().rest),
      (3_600, ImportLimits.longestRest),
    ] as [(Double, Duration)])
  func `the longer a transaction takes, the longer is the rest after it`(
    seconds: Double, rest: Duration
  ) async throws {
    let office = try await RegisterOffice()
    let old = Files(customers: numbers(1...520), policies: numbers(1...100))
    let new = Files(customers: numbers(21...540), policies: numbers(31...150))
    _ = try await office.take(customers: old.customerLines, policies: old.policyLines)
    let taken = try await steps(of: new, at: office, secondsOfWrite: seconds)
    let rests = taken.filter { $0 != .write }
    #expect(rests.count >= 6)
    #expect(rests.allSatisfy { $0 == .rest(rest) })
  }

  @Test func `where nobody waits for another one's rows there is no rest`() async throws {
    let office = try await RegisterOffice()
    let old = Files(customers: numbers(1...520), policies: [])
    let new = Files(customers: numbers(21...540), policies: [])
    _ = try await office.take(customers: old.customerLines)
    let taken = try await steps(of: new, at: office, rest: .zero, secondsOfWrite: 3)
    #expect(taken.contains(Step.rest(.zero)))
    #expect(taken.allSatisfy { $0 == .write || $0 == .rest(.zero) })
  }

  @Test func `the first register is written by fewer and larger transactions`() async throws {
    let office = try await RegisterOffice()
    let first = Files(customers: numbers(1...1_040), policies: numbers(1...150))
    let following = Files(customers: numbers(2_001...3_040), policies: numbers(2_001...2_150))
    let large = try await steps(of: first, at: office, rowsPerFirstBatch: 600)
    let register = try await office.register()
    #expect(register.customers.count == 1_040)
    #expect(register.policies.count == 150)
    // The claim, two batches of customers, one of policies, the replacement and the farewell.
    #expect(large == Array(repeating: Step.write, count: 6))
    let small = try await steps(of: following, at: office, rowsPerFirstBatch: 600)
    #expect(small.count { $0 == .rest(ImportSizes().rest) } >= 6)
  }

  private func steps(
    of files: Files, at office: RegisterOffice, rest: Duration = ImportSizes().rest,
    rowsPerFirstBatch: Int = 256, secondsOfWrite: Double = 0
  ) async throws -> [Step] {
    let steps = Mutex<[Step]>([])
    let store = HookedStore(
      office.store,
      afterWrite: { _ in
        office.clock.advance(by: secondsOfWrite)
        steps.withLock { $0.append(.write) }
      })
    var sizes = ImportSizes.beside
    sizes.rest = rest
    sizes.rowsPerFirstBatch = rowsPerFirstBatch
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
