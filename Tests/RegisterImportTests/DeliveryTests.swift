import Domain
import Foundation
import Persistence
import Synchronization
import TestSupport
import Testing

@testable import RegisterImport

/// Deliveries of changes: each once, in order, and only what they mention.
struct DeliveryTests {
  static let customers = """
    1234567,R1,Kovács Anna,+36301234567,anna@pelda.hu,active
    2345678,,Nagy Péter,+36202345678,,active
    3456789,,Kis Ida,,,active

    """
  static let policies = """
    LA-01,1234567,lakás,active,2024-01-01,
    GF-01,2345678,casco,active,,
    EL-01,3456789,élet,active,,

    """

  /// An office whose register is as of delivery 7.
  private func office() async throws -> RegisterOffice {
    let office = try await RegisterOffice()
    let report = try await office.take(
      customers: Self.customers, policies: Self.policies,
      options: .unguarded.with { $0.kind = .whole(delivery: 7) })
    #expect(report.isReplaced)
    return office
  }

  private func deliver(
    _ number: Int64, customers: String = "", policies: String = "", to office: RegisterOffice,
    options: ImportOptions = .unguarded, sizes: ImportSizes = .small,
    through store: (any Store)? = nil
  ) async throws -> ImportReport {
    try await office.take(
      files: Array(("operation," + RegisterOffice.customerHeader + customers).utf8),
      Array(("operation," + RegisterOffice.policyHeader + policies).utf8),
      options: options.with { $0.kind = .changes(delivery: number) }, sizes: sizes,
      through: store)
  }

  @Test func `what it mentions is changed, and nothing else`() async throws {
    let office = try await office()
    office.clock.advance(by: 60)
    let report = try await deliver(
      8,
      customers: """
        upsert,1234567,R1 R2,Kovács Anna,+36301234567,,active
        delete,3456789,,,,,
        upsert,4567890,,Új Elek,+36304567890,,active

        """,
      policies: "upsert,GF-02,4567890,casco,active,,\ndelete,GF-01,,,,,\n", to: office)
    #expect(report.isReplaced && report.isComplete)
    #expect(report.text.hasSuffix("Delivery 8 was applied.\n"))
    let counts = [report.customers, report.policies].map { [$0.new, $0.changed, $0.removed] }
    // Ida's policy goes with her.
    #expect(counts == [[1, 1, 1], [1, 0, 2]])
    let register = try await office.register()
    #expect(register.customers.map { $0.prefix(7) } == ["1234567", "2345678", "4567890"])
    #expect(register.customers.first == "1234567 Kovács Anna +36301234567 - active")
    #expect(register.oldNumbers == ["R1 1234567", "R2 1234567"])
    #expect(register.policies.map { $0.prefix(4) } == ["GF02", "LA01"])
    #expect(register.importedAt == office.clock.now)
    #expect(try await office.storedRows() == register.rowCount)
    let history = try await ImportRecord.history(in: office.store)
    #expect(history.map(\.delivery) == [8, 7])
    #expect(history.first?.text.contains("delivery 8") == true)
  }

  @Test func `a policy that is given to another customer outlives its first one`() async throws {
    let office = try await office()
    let report = try await deliver(
      8, customers: "delete,3456789,,,,,\n", policies: "upsert,EL-01,2345678,élet,active,,\n",
      to: office)
    #expect(report.isComplete)
    let policies = try await office.register().policies
    #expect(policies.contains { $0.hasPrefix("EL01 EL-01 2345678") })
    #expect(report.policies.removed == 0)
  }

  @Test func `the next one is taken, and one that comes too early is not`() async throws {
    let office = try await office()
    let early = try await deliver(9, customers: "delete,3456789,,,,,\n", to: office)
    #expect(early.refusal == .missingDelivery(last: 7, given: 9))
    #expect(early.refusal?.sentence.contains("last delivery was 7") == true)
    #expect(try await office.register().customers.count == 3)
    for number in 8...10 as ClosedRange<Int64> {
      let report = try await deliver(
        number, customers: "upsert,2345678,,Nagy Péter \(number),,,active\n", to: office)
      #expect(report.isReplaced)
    }
    #expect(try await office.register().customers[1].contains("Nagy Péter 10"))
  }

  @Test func `the same one again is done already, and other files with its number are refused`()
    async throws
  {
    let office = try await office()
    let deletion = "delete,3456789,,,,,\n"
    _ = try await deliver(8, customers: deletion, to: office)
    let before = try await office.register()
    office.clock.advance(by: 60)
    let again = try await deliver(8, customers: deletion, to: office)
    #expect(again.outcome == .appliedBefore)
    #expect(try again.json.contains("\"complete\" : true"))
    #expect(again.text.contains("was applied before"))
    let other = try await deliver(8, customers: "delete,2345678,,,,,\n", to: office)
    #expect(other.refusal == .passedDelivery(last: 8, given: 8))
    let older = try await deliver(7, customers: deletion, to: office)
    #expect(older.refusal == .passedDelivery(last: 8, given: 7))
    #expect(try await office.register() == before)
    #expect(try await ImportRecord.history(in: office.store).count { $0.isReplaced } == 2)
  }

  @Test func `without a register, or one whose delivery nobody knows, there is nothing to change`()
    async throws
  {
    let office = try await RegisterOffice()
    let first = try await deliver(1, customers: "delete,3456789,,,,,\n", to: office)
    #expect(first.refusal == .noRegister)
    _ = try await office.take(customers: Self.customers, policies: Self.policies)
    let unknown = try await deliver(1, customers: "delete,3456789,,,,,\n", to: office)
    #expect(unknown.refusal == .missingDelivery(last: nil, given: 1))
    #expect(try await office.register().customers.count == 3)
  }

  @Test func `a whole register without a number leaves the order as it was`() async throws {
    let office = try await office()
    _ = try await office.take(customers: Self.customers, policies: Self.policies)
    #expect(try await deliver(8, customers: "delete,3456789,,,,,\n", to: office).isReplaced)
  }

  @Test func `a delivery is not taken for a register, nor a register for a delivery`()
    async throws
  {
    let office = try await office()
    let asWhole = try await office.take(
      files: Array(("operation," + RegisterOffice.customerHeader).utf8),
      Array(RegisterOffice.policyHeader.utf8))
    #expect(asWhole.refusal?.sentence.contains("--changes") == true)
    let asDelivery = try await office.take(
      files: Array(RegisterOffice.customerHeader.utf8), Array(RegisterOffice.policyHeader.utf8),
      options: .unguarded.with { $0.kind = .changes(delivery: 8) })
    #expect(asDelivery.refusal?.sentence.contains("lacks operation") == true)
    #expect(try await office.register().customers.count == 3)
  }

  @Test func `a row that says nothing of what to do is rejected`() async throws {
    let office = try await office()
    let report = try await deliver(
      8, customers: ",3456789,,Kis Ida,,,active\nDELETE,2345678,,,,,\ndelete,bad,,,,,\n",
      to: office)
    #expect(
      report.rejects.map(\.reason) == [
        .unknownOperation, .unknownOperation, .customerNumber(.length(3)),
      ])
    #expect(try await office.register().customers.count == 3)
  }

  @Test func `a policy of a customer whom the delivery deletes is rejected`() async throws {
    let office = try await office()
    let report = try await deliver(
      8, customers: "delete,3456789,,,,,\n",
      policies: "upsert,EL-02,3456789,élet,active,,\nupsert,EL-03,9999999,élet,active,,\n",
      to: office)
    #expect(report.policies.rejects.map(\.line) == [2, 3])
    #expect(report.policies.rejects.map(\.reason) == [.unknownCustomer, .unknownCustomer])
  }

  @Test func `deleting somebody who is not there changes nothing`() async throws {
    let office = try await office()
    let report = try await deliver(8, customers: "delete,9999999,,,,,\n", to: office)
    #expect(report.isReplaced && report.isComplete)
    #expect(report.customers.unchanged == 1)
  }

  @Test func `more changes than one transaction may have are refused`() async throws {
    let office = try await office()
    var sizes = ImportSizes.small
    sizes.rowsInPlace = 2
    let lines = numbers(1...3).map { "upsert,\($0),,Új Elek,,,active\n" }
    let three = try await deliver(8, customers: lines.joined(), to: office, sizes: sizes)
    #expect(three.refusal == .tooManyChanges(2))
    let two = try await deliver(
      8, customers: lines.prefix(2).joined(), to: office, sizes: sizes)
    #expect(two.isReplaced)
  }

  @Test func `of new customers who are too many the policies are nobody else's`() async throws {
    let office = try await office()
    var sizes = ImportSizes.small
    sizes.rowsInPlace = 2
    let new = numbers(1...3)
    let report = try await deliver(
      8, customers: new.map { "upsert,\($0),,Új Elek,,,active\n" }.joined(),
      policies: "upsert,P0001,\(new[2]),casco,active,,\n", to: office, options: ImportOptions(),
      sizes: sizes)
    #expect(report.refusal == .tooManyChanges(2))
    #expect(report.rejects.isEmpty)
  }

  @Test func `of many policies those are rejected whose customers nobody has`() async throws {
    let office = try await office()
    let (new, all) = (numbers(1...1_200), numbers(1...1_300))
    let report = try await deliver(
      8, customers: new.map { "upsert,\($0),,Új Elek,,,active\n" }.joined(),
      policies: (all + ["2345678"]).map { "upsert,P\($0),\($0),casco,active,,\n" }.joined(),
      to: office)
    #expect(report.isReplaced)
    #expect(report.policies.rejects.map(\.line) == Array(1_202...1_301))
    #expect(report.policies.new == 1_201)
  }

  // MARK: Guards

  private func hundred() async throws -> RegisterOffice {
    let office = try await RegisterOffice()
    let lines = numbers(1...100).enumerated().map {
      "\($1),,Próba Péter,+3630\(1_000_000 + $0),nev\($0)@pelda.hu,active\n"
    }
    _ = try await office.take(
      customers: lines.joined(), options: .unguarded.with { $0.kind = .whole(delivery: 1) })
    return office
  }

  @Test(arguments: [(5, true), (6, false)])
  func `removals are counted against the whole register`(count: Int, passes: Bool) async throws {
    let office = try await hundred()
    let lines = numbers(1...100).prefix(count).map { "delete,\($0),,,,,\n" }
    let report = try await deliver(
      2, customers: lines.joined(), to: office, options: ImportOptions())
    #expect(report.isReplaced == passes)
    #expect(report.refusal?.findings.map(\.name) ?? [] == (passes ? [] : [.removals]))
  }

  @Test(arguments: [(20, true), (21, false)])
  func `telephone numbers that differ throughout a delivery are stopped`(
    count: Int, passes: Bool
  ) async throws {
    let office = try await hundred()
    let lines = numbers(1...100).prefix(count).enumerated().map {
      "upsert,\($1),,Próba Péter,+3620\(2_000_000 + $0),nev\($0)@pelda.hu,active\n"
    }
    let report = try await deliver(
      2, customers: lines.joined(), to: office,
      options: ImportOptions().with { $0.guards.maxChangePercent = 100 })
    #expect(report.isReplaced == passes)
    if !passes {
      #expect(report.refusal?.findings == [.changedInDelivery(21, of: 21, maxPercent: 50)])
    }
    let few = try await deliver(
      report.isReplaced ? 3 : 2,
      customers: numbers(1...100).suffix(6).map { "upsert,\($0),,Próba,+36709999999,,active\n" }
        .joined(), to: office, options: ImportOptions())
    #expect(few.refusal?.findings == [.changed(6, of: 100, maxPercent: 5)])
  }

  // MARK: What follows

  @Test func `what a delivery has deleted is told to whoever follows the register`() async throws {
    let office = try await office()
    let told = Mutex<[RegisterChange]>([])
    let replacement = RegisterReplacement(
      store: office.store, now: { office.clock.now }, sizes: .small,
      onReplacement: { _, change, _ in told.withLock { $0.append(change) } })
    let head = "operation," + RegisterOffice.customerHeader
    _ = try await replacement.run(
      customers: RegisterOffice.stream(Array((head + "delete,3456789,,,,,\n").utf8)),
      policies: RegisterOffice.stream(Array(("operation," + RegisterOffice.policyHeader).utf8)),
      options: .unguarded.with { $0.kind = .changes(delivery: 8) })
    #expect(told.withLock { $0 } == [.delivery(deleted: [try CustomerNumber("3456789")])])
  }

  @Test func `an interrupted one is applied not at all or once`() async throws {
    for number in 1...20 {
      let office = try await office()
      let before = try await office.register()
      let store = HookedStore(office.store, beforeWrite: { if $0 >= number { throw PowerCut() } })
      _ = try? await deliver(8, customers: "delete,3456789,,,,,\n", to: office, through: store)
      let after = try await office.register()
      #expect(after == before || after.customers.count == 2)
      office.clock.advance(by: Double(ImportLimits.secondsOfSilence))
      let again = try await deliver(8, customers: "delete,3456789,,,,,\n", to: office)
      #expect(again.isReplaced == (after == before))
      #expect(again.refusal == nil)
      #expect(try await office.register().customers.count == 2)
      if store.writeCount < number { return }
    }
    Issue.record("The delivery never came to its end.")
  }
}

/// Numbers that a file gives to several customers are nobody's (field of ``RegisterTable``).
struct ContestedNumberTests {
  private func contested(_ office: RegisterOffice) async throws -> [String] {
    try await office.store.read { transaction in
      try transaction.rows(
        """
        SELECT kind || ' ' || number AS line FROM register_contested
        WHERE generation = (SELECT generation FROM register_state)
        ORDER BY line
        """
      ).map { try $0.value("line") }
    }
  }

  private static let twice = """
    1234567,,Kovács Anna,+36301234567,,active
    123-4567,,Nagy Péter,+36202345678,,active
    2345678,,Kis Ida,,,active
    2345678,,Kis Ida,,,active

    """
  private static let policies = """
    LA-01,1234567,lakás,active,,
    la01,2345678,lakás,active,,
    GF-01,2345678,casco,active,,
    GF 01,2345678,casco,closed,,

    """

  @Test(arguments: [ImportSizes.small, .beside])
  func `two people under one number are, the same one twice is not`(
    sizes: ImportSizes
  ) async throws {
    let office = try await RegisterOffice()
    let report = try await office.take(
      customers: Self.twice, policies: Self.policies, sizes: sizes)
    #expect(report.customers.rejected == 2)
    #expect(report.policies.rejected == 2)
    #expect(try await contested(office) == ["customer 1234567", "policy LA01"])
    // A file without the mistake ends it.
    _ = try await office.take(
      customers: DeliveryTests.customers, policies: DeliveryTests.policies, sizes: sizes)
    #expect(try await contested(office).isEmpty)
  }

  @Test func `however many there are, each is`() async throws {
    let office = try await RegisterOffice()
    let many = numbers(1...3_000)
    let twice = many.map { "\($0),,Kovács Anna,,,active\n\($0),,Nagy Péter,,,active\n" }
    let report = try await office.take(customers: twice.joined())
    #expect(report.customers.rejected == 3_000)
    #expect(try await contested(office) == many.map { "customer \($0)" })
  }

  @Test func `a delivery that has the number twice again leaves it contested`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(
      customers: Self.twice, policies: Self.policies,
      options: .unguarded.with { $0.kind = .whole(delivery: 1) })
    let report = try await office.take(
      files: Array(
        ("operation," + RegisterOffice.customerHeader
          + "upsert,1234567,,Kovács Anna,+36301234567,,active\n"
          + "upsert,1234567,,Nagy Péter,+36202345678,,active\n").utf8),
      Array(("operation," + RegisterOffice.policyHeader).utf8),
      options: .unguarded.with { $0.kind = .changes(delivery: 2) })
    #expect(report.isReplaced)
    #expect(try await contested(office) == ["customer 1234567", "policy LA01"])
  }

  @Test func `a delivery that has the number once settles it`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(
      customers: Self.twice, policies: Self.policies,
      options: .unguarded.with { $0.kind = .whole(delivery: 1) })
    let report = try await office.take(
      files: Array(
        ("operation," + RegisterOffice.customerHeader
          + "upsert,1234567,,Kovács Anna,+36301234567,,active\n").utf8),
      Array(("operation," + RegisterOffice.policyHeader).utf8),
      options: .unguarded.with { $0.kind = .changes(delivery: 2) })
    #expect(report.isReplaced)
    #expect(report.customers.unchanged == 1)
    #expect(try await contested(office) == ["policy LA01"])
  }
}
