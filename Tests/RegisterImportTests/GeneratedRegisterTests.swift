import Foundation
import Testing

@testable import RegisterImport

/// Made-up files for tests and measurements.
struct GeneratedRegisterTests {
  private func files(_ customers: Int, _ seed: UInt64) throws -> (customers: Data, policies: Data) {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "belepo-generated-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let register = GeneratedRegister(customers: customers, seed: seed)
    let paths = (folder.appending(path: "c.csv"), folder.appending(path: "p.csv"))
    try register.writeCustomers(into: paths.0.path)
    try register.writePolicies(into: paths.1.path)
    return (try Data(contentsOf: paths.0), try Data(contentsOf: paths.1))
  }

  @Test func `the same seed makes the same people, and another one others`() throws {
    let (first, again, other) = (try files(500, 1), try files(500, 1), try files(500, 2))
    #expect(first == again)
    #expect(first.customers != other.customers)
    #expect(first.policies != other.policies)
  }

  @Test func `everybody is accepted, and what is odd is warned of`() async throws {
    let files = try files(3_000, 1)
    let office = try await RegisterOffice()
    let report = try await office.take(files: Array(files.customers), Array(files.policies))
    #expect(report.isReplaced)
    #expect(report.isComplete)
    #expect(report.customers.new == 3_000)
    #expect(report.policies.new == 3_600)
    #expect((1...60).contains(report.customers.warned))
    let register = try await office.register()
    #expect(register.oldNumbers.count > 300)
    let owners = Dictionary(grouping: register.oldNumbers) { $0.split(separator: " ")[0] }
    #expect(owners.values.contains { $0.count > 1 })
  }
}
