import TestSupport
import Testing

@testable import RegisterImport

/// What may not become the register.
struct ImportRefusalTests {
  let twenty = numbers(1...20).map(customerLine)

  @Test func `a dry run tells everything and changes nothing`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: twenty.joined())
    let before = try await office.register()

    let report = try await office.take(
      customers: twenty.dropFirst().joined() + "x\n" + customerLine("NEW0001"),
      policies: "P1234,NEW0001,utas,active,,\n", options: .unguarded.with { $0.isDryRun = true })
    #expect(report.outcome == .dryRun)
    #expect(
      Counts(report.customers) == Counts(new: 1, unchanged: 19, removed: 1, rejected: 1))
    #expect(Counts(report.policies) == Counts(new: 1))
    #expect(try await office.register() == before)
    #expect(try await office.storedRows() == 20)
  }

  @Test func `one of twenty customers may go, two may not`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: twenty.joined())
    let before = try await office.register()

    let tooFew = try await office.take(
      customers: twenty.dropFirst(2).joined(), options: ImportOptions())
    #expect(
      tooFew.outcome == .refused(.guarded([.removed(.customers, 2, of: 20, maxPercent: 5)])))
    #expect(Counts(tooFew.customers) == Counts(unchanged: 18, removed: 2))
    #expect(try await office.register() == before)
    #expect(try await office.storedRows() == 20)

    let enough = try await office.take(
      customers: twenty.dropFirst().joined(), options: ImportOptions())
    #expect(enough.outcome == .replaced)
    #expect(try await office.register().customers.count == 19)
  }

  @Test func `half a file of policies is refused too`() async throws {
    let office = try await RegisterOffice()
    let policies = numbers(1...20).map { "P\($0),\($0),utas,active,,\n" }
    _ = try await office.take(customers: twenty.joined(), policies: policies.joined())
    let report = try await office.take(
      customers: twenty.joined(), policies: policies.prefix(10).joined(), options: ImportOptions())
    #expect(
      report.outcome == .refused(.guarded([.removed(.policies, 10, of: 20, maxPercent: 5)])))
    #expect(try await office.register().policies.count == 20)
  }

  @Test func `the limit may be raised and lowered`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: twenty.joined())
    let none = try await office.take(
      customers: twenty.dropFirst().joined(),
      options: ImportOptions().with { $0.guards.maxDeletePercent = 0 })
    #expect(none.outcome == .refused(.guarded([.removed(.customers, 1, of: 20, maxPercent: 0)])))
    let all = try await office.take(customers: "")
    #expect(all.outcome == .replaced)
    #expect(try await office.register().rowCount == 0)
  }

  @Test func `a dry run tells that the import would be refused`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: twenty.joined())
    let report = try await office.take(
      customers: "", options: ImportOptions().with { $0.isDryRun = true })
    #expect(report.refusal == .guarded([.removed(.customers, 20, of: 20, maxPercent: 5)]))
  }

  @Test func `a file that is empty is refused`() async throws {
    let office = try await RegisterOffice()
    let report = try await office.take(
      files: Array((RegisterOffice.customerHeader + twenty.joined()).utf8), [])
    let reject = Reject(file: .policies, line: 1, column: nil, reason: .noHeader)
    #expect(report.outcome == .refused(.unusableFile(reject)))
    #expect(report.refusal?.isWorthAnotherTry == false)
    #expect(report.rejects == [reject])
    #expect(try await office.storedRows() == 0)
    #expect(try await office.take(customers: twenty.joined()).outcome == .replaced)
  }

  @Test func `both header lines are told if both cannot be used`() async throws {
    let office = try await RegisterOffice()
    let report = try await office.take(files: Array("name\nx\n".utf8), Array("a,b\n".utf8))
    #expect(
      report.rejects.map(\.description) == [
        """
        customers.csv, line 1: The header line lacks customer_number, old_customer_number, \
        sms_number, email, status.
        """,
        """
        policies.csv, line 1: The header line lacks policy_number, customer_number, product, \
        status, valid_from, valid_to.
        """,
      ])
    #expect(report.refusal == report.rejects.first.map { .unusableFile($0) })
  }

  @Test func `a file that is not there leaves the register alone`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: twenty.joined())
    let missing = FileChunks(path: "/nowhere/customers.csv")
    let fault = await #expect(throws: FileFault.self) {
      try await office.replacement().run(customers: missing, policies: missing)
    }
    #expect(fault?.description == "/nowhere/customers.csv: No such file or directory")
    #expect(try await office.register().customers.count == 20)
    #expect(try await office.take(customers: twenty.joined()).outcome == .replaced)
  }

  @Test func `a thousand rejects of a file are listed and all are counted`() async throws {
    let office = try await RegisterOffice()
    let report = try await office.take(
      customers: String(repeating: "x\n", count: 1_234) + twenty.joined())
    #expect(report.customers.rejected == 1_234)
    #expect(report.rejects.map(\.line) == Array(2...1_001))
  }
}
