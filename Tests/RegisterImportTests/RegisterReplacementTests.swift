import Foundation
import TestSupport
import Testing

@testable import RegisterImport

/// What the files say becomes the register, whole and at once.
struct RegisterReplacementTests {
  let anna = "A1B2C34,OLD1 OLD2,Kovács Anna,06 30 123 4567,anna@pelda.hu,active\n"
  let eva = "1234567,,Nagy Éva,,,active\n"
  let lakas = "LA-2023-1,A1B2C34,lakásbiztosítás,active,2023-03-01,\n"
  let utas = "UT-2026-1,1234567,utasbiztosítás,terminated,2026-07-11,2026-07-20\n"

  @Test func `the first import fills an empty register`() async throws {
    let office = try await RegisterOffice()
    let report = try await office.take(customers: anna + eva, policies: lakas + utas)
    #expect(report.outcome == .replaced)
    #expect(report.rejects.isEmpty)
    #expect(Counts(report.customers) == Counts(new: 2))
    #expect(Counts(report.policies) == Counts(new: 2))

    let register = try await office.register()
    #expect(
      register.customers == [
        "1234567 Nagy Éva - - active",
        "A1B2C34 Kovács Anna +36301234567 anna@pelda.hu active",
      ])
    #expect(register.oldNumbers == ["OLD1 A1B2C34", "OLD2 A1B2C34"])
    #expect(
      register.policies == [
        "LA20231 LA-2023-1 A1B2C34 lakásbiztosítás active 2023-03-01 -",
        "UT20261 UT-2026-1 1234567 utasbiztosítás terminated 2026-07-11 2026-07-20",
      ])
    #expect(register.importedAt == office.clock.now)
  }

  @Test func `the sample register is accepted whole, and a second time changes nothing`()
    async throws
  {
    let office = try await RegisterOffice()
    for isFirst in [true, false] {
      let report = try await office.replacement().run(
        customers: FileChunks(path: samplePath("customers.csv")),
        policies: FileChunks(path: samplePath("policies.csv")))
      #expect(report.warnings.isEmpty)
      #expect(report.outcome == .replaced)
      #expect(report.rejects.isEmpty)
      #expect(Counts(report.customers) == (isFirst ? Counts(new: 264) : Counts(unchanged: 264)))
      #expect(Counts(report.policies) == (isFirst ? Counts(new: 442) : Counts(unchanged: 442)))
    }
    let register = try await office.register()
    #expect(register.customers.count == 264)
    #expect(register.policies.count == 442)
    #expect(register.oldNumbers.contains("0098765 A1B2C34"))
    #expect(try await office.storedRows() == register.rowCount)
  }

  @Test func `the report tells new, changed, unchanged and removed rows`() async throws {
    let office = try await RegisterOffice()
    let zoli = "7654321,,Kis Zoltán,,,active\n"
    _ = try await office.take(customers: anna + eva + zoli, policies: lakas + utas)
    office.clock.advance(by: 3600)

    let report = try await office.take(
      customers: anna + "1234567,,Nagy Éva,,,blocked\n" + "NEW0001,,Új Ági,,,active\n",
      policies: lakas + "UT-2026-2,NEW0001,utasbiztosítás,active,,\n",
      options: .unguarded)
    #expect(report.outcome == .replaced)
    #expect(
      Counts(report.customers) == Counts(new: 1, changed: 1, unchanged: 1, removed: 1))
    #expect(Counts(report.policies) == Counts(new: 1, unchanged: 1, removed: 1))

    let register = try await office.register()
    #expect(register.customers.map { $0.prefix(7) } == ["1234567", "A1B2C34", "NEW0001"])
    #expect(register.importedAt == office.clock.now)
    #expect(try await office.storedRows() == register.rowCount)
  }

  @Test(arguments: [
    "A1B2C34,OLD1 OLD2,Kovács-Nagy Anna,06 30 123 4567,anna@pelda.hu,active\n",
    "A1B2C34,OLD1 OLD2,Kovács Anna,06 30 123 4568,anna@pelda.hu,active\n",
    "A1B2C34,OLD1 OLD2,Kovács Anna,,anna@pelda.hu,active\n",
    "A1B2C34,OLD1 OLD2,Kovács Anna,06 30 123 4567,,active\n",
    "A1B2C34,OLD1 OLD2,Kovács Anna,06 30 123 4567,anna@pelda.hu,deceased\n",
    "A1B2C34,OLD1,Kovács Anna,06 30 123 4567,anna@pelda.hu,active\n",
    "A1B2C34,OLD1 OLD3,Kovács Anna,06 30 123 4567,anna@pelda.hu,active\n",
    "A1B2C34,OLD1 OLD2 OLD3,Kovács Anna,06 30 123 4567,anna@pelda.hu,active\n",
  ])
  func `whatever differs of a customer is a change`(line: String) async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: anna)
    let report = try await office.take(customers: line)
    #expect(Counts(report.customers) == Counts(changed: 1))
  }

  @Test(arguments: [
    "LA-2023-1,1234567,lakásbiztosítás,active,2023-03-01,\n",
    "LA-2023-1,A1B2C34,életbiztosítás,active,2023-03-01,\n",
    "LA-2023-1,A1B2C34,lakásbiztosítás,suspended,2023-03-01,\n",
    "LA-2023-1,A1B2C34,lakásbiztosítás,active,,\n",
    "LA-2023-1,A1B2C34,lakásbiztosítás,active,2023-03-01,2026-01-01\n",
    // The portal shows the number as the file writes it.
    "LA 2023/1,A1B2C34,lakásbiztosítás,active,2023-03-01,\n",
  ])
  func `whatever differs of a policy is a change`(line: String) async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: anna + eva, policies: lakas)
    let report = try await office.take(customers: anna + eva, policies: line)
    #expect(Counts(report.policies) == Counts(changed: 1))
  }

  @Test func `another writing or order of the same is no change`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: anna + eva, policies: lakas)
    let report = try await office.take(
      customers: eva + "a1b2-c34,old2 OLD1 old1, Kovács Anna,+36301234567,anna@pelda.hu,active\n",
      policies: "LA-2023-1,A1-B2-C34,lakásbiztosítás,active,2023-03-01,\n")
    #expect(Counts(report.customers) == Counts(unchanged: 2))
    #expect(Counts(report.policies) == Counts(unchanged: 1))
  }

  @Test func `lines that cannot be taken over are told with line and column`() async throws {
    let office = try await RegisterOffice()
    let report = try await office.take(
      customers: anna + "12345,,Rövid Szám,,,active\n" + "\n" + eva
        + "7654321,,Kis Zoltán,,,nyugdíjas\n",
      policies: lakas + "UT-0001,7654321,utasbiztosítás,active,,\n"
        + "UT-0002,1234567,utasbiztosítás,active,2026-02-30,\n" + "UT-0003,1234567\n"
        + utas)
    #expect(report.outcome == .replaced)
    #expect(
      report.rejects.map(\.description) == [
        """
        customers.csv, line 3, customer_number: The customer number has 5 digits, not 7. \
        Spreadsheets drop zeros in front: format the column as text there.
        """,
        "customers.csv, line 6, status: The status is none of active, blocked, deceased, closed.",
        """
        policies.csv, line 3, customer_number: No customer with this number was taken over from \
        customers.csv.
        """,
        """
        policies.csv, line 4, valid_from: The date is no day of the calendar written as \
        YYYY-MM-DD.
        """,
        "policies.csv, line 5: The line has 2 columns, the header line has 6.",
      ])
    #expect(Counts(report.customers) == Counts(new: 2, rejected: 2))
    #expect(Counts(report.policies) == Counts(new: 2, rejected: 3))
  }

  @Test func `of two lines with one number the first is taken over`() async throws {
    let office = try await RegisterOffice()
    let report = try await office.take(
      customers: anna + eva + "1234567,OLD9,Másik Éva,,,blocked\n",
      policies: lakas + "la 2023 1,1234567,lakásbiztosítás,active,,\n" + utas)
    #expect(
      report.rejects == [
        Reject(
          file: .customers, line: 4, column: "customer_number", reason: .repeatedCustomerNumber),
        Reject(
          file: .policies, line: 3, column: "policy_number", reason: .repeatedPolicyNumber),
      ])
    let register = try await office.register()
    #expect(register.customers.first == "1234567 Nagy Éva - - active")
    #expect(register.oldNumbers == ["OLD1 A1B2C34", "OLD2 A1B2C34"])
    #expect(register.policies.first?.hasPrefix("LA20231 LA-2023-1 A1B2C34") == true)
    #expect(Counts(report.policies) == Counts(new: 2, rejected: 1))
  }

  @Test func `a repeated number is found however far apart the lines are`() async throws {
    let office = try await RegisterOffice()
    let many = numbers(1...1_500).map(customerLine).joined()
    let report = try await office.take(customers: eva + many + eva + customerLine("0000007"))
    #expect(report.rejects.map(\.line) == [1_503, 1_504])
    #expect(Counts(report.customers) == Counts(new: 1_501, rejected: 2))
  }

  @Test func `a customer whose line is rejected leaves the register, and is counted`() async throws
  {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: anna + eva, policies: lakas)
    let report = try await office.take(
      customers: "A1B2C34,,Kovács Anna,,,nyugdíjas\n" + eva, policies: lakas)
    #expect(Counts(report.customers) == Counts(unchanged: 1, removed: 1, rejected: 1))
    #expect(Counts(report.policies) == Counts(removed: 1, rejected: 1))
  }

  @Test func `a spreadsheet's file is taken over in its own encoding`() async throws {
    let office = try await RegisterOffice()
    let header = RegisterOffice.customerHeader.replacing(",", with: ";")
    let customers =
      Array((header + "1234567;;Nagy Ern").utf8) + [0xF5] + Array(";;;active\r\n".utf8)
    let policies = Array(
      (RegisterOffice.policyHeader + "UT-0001,1234567,utas,active,,\r\n").utf8)
    let options = ImportOptions.unguarded.with { $0.encoding = .windows1250 }
    let report = try await office.take(files: customers, policies, options: options)
    #expect(report.outcome == .replaced)
    #expect(report.rejects.isEmpty)
    #expect(try await office.register().customers == ["1234567 Nagy Ernő - - active"])

    let asUTF8 = try await office.take(files: customers, policies)
    #expect(asUTF8.customers.rejects.map(\.reason) == [.malformed(.encoding)])
  }

  @Test func `a byte order mark and semicolons are accepted`() async throws {
    let office = try await RegisterOffice()
    let customers = "\u{FEFF}" + (RegisterOffice.customerHeader + anna).replacing(",", with: ";")
    let policies = "\u{FEFF}" + (RegisterOffice.policyHeader + lakas).replacing(",", with: ";")
    let report = try await office.take(files: Array(customers.utf8), Array(policies.utf8))
    #expect(Counts(report.customers) == Counts(new: 1))
    #expect(Counts(report.policies) == Counts(new: 1))
  }

  @Test func `20,000 customers go in by small batches`() async throws {
    let office = try await RegisterOffice()
    let store = HookedStore(office.store)
    let steps = Steps()
    let all = numbers(1...20_000)
    let report = try await office.take(
      customers: all.map(customerLine).joined(),
      policies: all.map { "P\($0),\($0),életbiztosítás,active,,\n" }.joined(),
      through: store, onProgress: { await steps.add($0) })
    #expect(Counts(report.customers) == Counts(new: 20_000))
    #expect(Counts(report.policies) == Counts(new: 20_000))
    #expect(await steps.largest <= ImportSizes.small.rowsPerBatch)
    #expect(await steps.last?.file == .policies)
    #expect(store.writeCount >= 2 * 20_000 / ImportSizes.small.rowsPerBatch)

    let half = try await office.take(
      customers: all.prefix(10_000).map(customerLine).joined())
    #expect(Counts(half.customers) == Counts(unchanged: 10_000, removed: 10_000))
    #expect(Counts(half.policies) == Counts(removed: 20_000))
    #expect(try await office.storedRows() == 10_000)
  }

  @Test func `a customer with a thousand old numbers is taken over`() async throws {
    let office = try await RegisterOffice()
    let old = (1...1_000).map { "X\($0)" }
    let report = try await office.take(
      customers: "1234567,\(old.prefix(700).joined(separator: " ")),Nagy Éva,,,active\n"
        + "1234568,\(old.suffix(700).joined(separator: " ")),Nagy Ádám,,,active\n")
    #expect(Counts(report.customers) == Counts(new: 2))
    #expect(try await office.register().oldNumbers.count == 1_400)
  }

  private func samplePath(_ name: String) -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return root.appending(path: "Sources/belepo/SampleRegister/\(name)").path
  }
}

/// Customer numbers of seven digits.
func numbers(_ range: ClosedRange<Int>) -> [String] {
  range.map { number in
    let digits = String(number)
    return String(repeating: "0", count: 7 - digits.count) + digits
  }
}

func customerLine(_ number: String) -> String {
  "\(number),,Próba Péter,,,active\n"
}

/// The counts of a file's report.
struct Counts: Equatable {
  var new = 0
  var changed = 0
  var unchanged = 0
  var removed = 0
  var rejected = 0
}

extension Counts {
  init(_ file: FileReport) {
    self.init(
      new: file.new, changed: file.changed, unchanged: file.unchanged, removed: file.removed,
      rejected: file.rejected)
  }
}

/// What an import told of its progress.
actor Steps {
  private(set) var last: ImportProgress?
  private(set) var largest = 0

  func add(_ progress: ImportProgress) {
    guard progress.stage == .writing else { return }
    let before = last?.file == progress.file ? last?.lines ?? 0 : 0
    largest = max(largest, progress.lines - before)
    last = progress
  }
}
