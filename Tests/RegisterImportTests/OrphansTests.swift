import Testing

@testable import RegisterImport

/// Rows whose customer is unknown, however many they are.
struct OrphansTests {
  @Test(arguments: [ImportSizes.small, .beside])
  func `nearly all policies of a file may lack their customers`(sizes: ImportSizes) async throws {
    let office = try await RegisterOffice()
    // The order of their numbers is not that of their lines.
    let policies = numbers(1...2_500).reversed().map { "P\($0),\($0),utas,active,,\n" }
    let report = try await office.take(
      customers: customerLine("0000007"), policies: policies.joined(), sizes: sizes)
    #expect(Counts(report.policies) == Counts(new: 1, rejected: 2_499))
    #expect(report.policies.rejects.count == ImportLimits.listedRejects)
    #expect(report.policies.rejects.allSatisfy { $0.reason == .unknownCustomer })
    #expect(try await office.register().policies.map { $0.prefix(8) } == ["P0000007"])
  }

  @Test func `a set of lines holds what was put into it, and nothing else`() {
    let lines = [0, 1, 63, 64, 65_535, 65_536, 200_000, 10_000_000_000]
    var set = LineSet()
    for line in lines.reversed() { set.insert(line) }
    for line in lines {
      #expect(set.contains(line))
      #expect(set.contains(line + 1) == lines.contains(line + 1))
    }
    #expect(!LineSet().contains(0))
  }

  @Test func `a million lines are kept in as many bits, and what lies between few in none`() {
    var all = LineSet()
    for line in 0..<1 << 20 { all.insert(line) }
    #expect(all.size == 1 << 17)
    var few = LineSet()
    for line in [2, 1_000_000_000] { few.insert(line) }
    #expect(few.size == 2 * 8_192)
  }
}
