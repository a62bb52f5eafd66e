import Foundation
import RegisterImport
import Testing

/// What the person or program that started an import reads.
struct ImportReportTests {
  let customers = "1234567,,Nagy Éva,,,active\n1234567,,Nagy Éva,,,active\nx\n"
  let policies = "P1234,1234567,utas,active,,\nP1235,7654321,utas,active,,\n"

  @Test func `a replacement as text`() async throws {
    let report = try await RegisterOffice().take(customers: customers, policies: policies)
    #expect(
      report.text == """
                         new    changed  unchanged    removed   rejected
        customers          1          0          0          0          2
        policies           1          0          0          0          1

        customers.csv, line 3, customer_number: An earlier line with the same customer number \
        was taken over.
        customers.csv, line 4: The line has 1 columns, the header line has 6.
        policies.csv, line 3, customer_number: No customer with this number was taken over \
        from customers.csv.

        The register was replaced.

        """)
  }

  @Test func `a replacement as JSON`() async throws {
    let report = try await RegisterOffice().take(customers: customers, policies: policies)
    #expect(
      try report.json == """
        {
          "customers" : {
            "changed" : 0,
            "new" : 1,
            "rejected" : 2,
            "removed" : 0,
            "unchanged" : 0
          },
          "dryRun" : false,
          "policies" : {
            "changed" : 0,
            "new" : 1,
            "rejected" : 1,
            "removed" : 0,
            "unchanged" : 0
          },
          "refusal" : null,
          "rejects" : [
            {
              "column" : "customer_number",
              "file" : "customers.csv",
              "line" : 3,
              "reason" : "An earlier line with the same customer number was taken over."
            },
            {
              "column" : null,
              "file" : "customers.csv",
              "line" : 4,
              "reason" : "The line has 1 columns, the header line has 6."
            },
            {
              "column" : "customer_number",
              "file" : "policies.csv",
              "line" : 3,
              "reason" : "No customer with this number was taken over from customers.csv."
            }
          ],
          "replaced" : true
        }

        """)
  }

  @Test func `a dry run says that nothing was changed`() async throws {
    let report = try await RegisterOffice().take(
      customers: "", options: ImportOptions(isDryRun: true))
    #expect(report.text.hasSuffix("\n\nDry run: the register was not changed.\n"))
    #expect(try report.json.contains("\"dryRun\" : true"))
    #expect(try report.json.contains("\"replaced\" : false"))
  }

  @Test func `a refusal says why and what to do`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: customerLine("1234567"))
    let report = try await office.take(customers: "")
    let sentence = """
      1 of the 1 rows that the register has from customers.csv would be removed, and at most 5 % \
      may be. If that is meant, raise --max-delete-percent.
      """
    #expect(report.text.hasSuffix("\n\nRefused, the register was not changed. \(sentence)\n"))
    #expect(try report.json.contains("\"refusal\" : \"\(sentence)\""))
  }

  @Test func `a second import is told since when the first one is silent`() {
    let refusal = ImportRefusal.anotherImport(
      lastSeenAt: Date(timeIntervalSince1970: 1_800_000_000))
    #expect(
      refusal.sentence == """
        Another import is running; it gave its last sign of life at 2027-01-15T08:00:00Z. One \
        that crashed is taken over 120 seconds after that.
        """)
  }

  @Test func `rejects that are not listed are counted at the end`() async throws {
    let report = try await RegisterOffice().take(
      customers: String(repeating: "x\n", count: 1_003))
    #expect(report.text.contains("\n... and 3 more.\n"))
  }
}
