import Foundation
import RegisterImport
import Testing

/// What the person or program that started an import reads.
struct ImportReportTests {
  let customers =
    "1234567,,Nagy Éva,nincs,,active\n1234567,,Nagy Éva,,,active\nx\n7654321,,Kis Pál,,,active\n"
  let policies = "P1234,1234567,utas,active,,\nP1235,9999999,utas,active,,\n"

  @Test func `a replacement as text`() async throws {
    let report = try await RegisterOffice().take(customers: customers, policies: policies)
    #expect(
      report.text == """
                         new    changed  unchanged    removed   rejected   warnings
        customers          2          0          0          0          2          1
        policies           1          0          0          0          1          0

        customers.csv, line 3, customer_number: An earlier line with the same customer number \
        was taken over.
        customers.csv, line 4: The line has 1 columns, the header line has 6.
        policies.csv, line 3, customer_number: No customer with this number was taken over \
        from customers.csv.

        warning: customers.csv, line 2, sms_number: The telephone number holds something else \
        than one number.

        The register was replaced, without the rejected rows.

        """)
  }

  @Test func `a replacement as JSON`() async throws {
    let report = try await RegisterOffice().take(customers: customers, policies: policies)
    #expect(
      try report.json == """
        {
          "complete" : false,
          "customers" : {
            "changed" : 0,
            "new" : 2,
            "rejected" : 2,
            "removed" : 0,
            "unchanged" : 0,
            "warned" : 1
          },
          "delivery" : null,
          "dryRun" : false,
          "forced" : [

          ],
          "guards" : [

          ],
          "policies" : {
            "changed" : 0,
            "new" : 1,
            "rejected" : 1,
            "removed" : 0,
            "unchanged" : 0,
            "warned" : 0
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
          "replaced" : true,
          "warnings" : [
            {
              "column" : "sms_number",
              "file" : "customers.csv",
              "line" : 2,
              "reason" : "The telephone number holds something else than one number."
            }
          ]
        }

        """)
  }

  @Test func `a dry run says that nothing was changed`() async throws {
    let report = try await RegisterOffice().take(
      customers: "", options: .unguarded.with { $0.isDryRun = true })
    #expect(report.text.hasSuffix("\n\nDry run: the register was not changed.\n"))
    #expect(try report.json.contains("\"dryRun\" : true"))
    #expect(try report.json.contains("\"replaced\" : false"))
  }

  @Test func `a refusal says why and what to do`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: customerLine("1234567"))
    let report = try await office.take(customers: "", options: ImportOptions())
    let sentence = """
      1 of the 1 rows that the register has from customers.csv would be removed, and at most 5 % \
      may be (--max-delete-percent). The file is most likely incomplete. If it is meant: --force \
      removals --reason TEXT.
      """
    #expect(report.text.hasSuffix("\n\nRefused, the register was not changed.\n\(sentence)\n"))
    #expect(try report.json.contains("\"refusal\" : \"\(sentence)\""))
    #expect(try report.json.contains("\"removals\""))
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
      customers: String(repeating: "x\n", count: 1_003) + customerLine("1234567"))
    #expect(report.text.contains("\n... and 3 more.\n"))
  }
}
