import Foundation
import Persistence
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

  /// By `sha256sum`. Measurements of different releases are compared: who changes what is made for
  /// a seed says so in the change log.
  @Test(arguments: [
    (
      1_000, 1 as UInt64, "2e8b48ddc2ec9650385a1c716c744e22f53d1362f3cefbc614cdb80abdd114ed",
      "d246cdacb424e80ae0d4d8af75977db0b4d32859bf1fd9715d00112e1b2d9325"
    ),
    (
      300, UInt64.max, "7be26f4fe8272fc9f876a54baaf0e3d56f902c8663e393cb9e3f27a071b4886b",
      "a04a524cb2886207d6c68a805ffac43334b1c72cd739de7c3f6934e727a3e2f6"
    ),
  ])
  func `every release makes the same bytes of a seed`(
    count: Int, seed: UInt64, customers: String, policies: String
  ) async throws {
    let files = try files(count, seed)
    let office = try await RegisterOffice()
    let report = try await office.take(files: Array(files.customers), Array(files.policies))
    #expect(report.customers.hash == customers)
    #expect(report.policies.hash == policies)
  }

  /// Digits that look like the beginning of a longer number are asked for in full, on any page.
  @Test func `no subscriber's number begins like a trunk prefix`() async throws {
    let office = try await RegisterOffice()
    let files = try files(3_000, 1)
    _ = try await office.take(files: Array(files.customers), Array(files.policies))
    let numbers = try await office.store.read { transaction in
      // Those of Budapest, 06 1, are a digit shorter.
      try transaction.rows(
        """
        SELECT sms_number FROM register_customer
        WHERE sms_number LIKE '+36%' AND length(sms_number) = 12
        """
      ).map { try $0.value("sms_number", as: String.self) }
    }
    #expect(numbers.count > 2_000)
    #expect(numbers.filter { ["0", "1"].contains($0.dropFirst(5).first) } == [])
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
