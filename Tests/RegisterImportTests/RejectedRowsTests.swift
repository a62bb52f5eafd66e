import Synchronization
import Testing

@testable import RegisterImport

/// Rows that were rejected can be mended and imported.
struct RejectedRowsTests {
  @Test func `each rejected row is written as it was, with its line and the reason`() async throws {
    let office = try await RegisterOffice()
    let customers = Mutex<[UInt8]>([])
    let policies = Mutex<[UInt8]>([])
    let rejected = RegisterReplacement.Rejected(
      customers: RejectedRows(.utf8) { bytes in customers.withLock { $0 += bytes } },
      policies: RejectedRows(.utf8) { bytes in policies.withLock { $0 += bytes } })
    _ = try await office.take(
      files: Array(
        """
        name;customer_number;old_customer_number;sms_number;email;status;region
        Nagy Éva;1234567;;;;active;east\r
        Kis Pál;123;;;;active;west\r
        "Kis "Pál";7654321;;;;active;west
        Nagy "Évi" Éva;1234567;;;;active;east
        Másik Éva;1234567;;;;active;east
        Új Ági;1234568;;;;active;east

        """.utf8),
      Array((RegisterOffice.policyHeader + "P1234,9999999,utas,active,,\n").utf8),
      rejected: rejected)
    #expect(
      String(decoding: customers.withLock { $0 }, as: UTF8.self) == """
        name;customer_number;old_customer_number;sms_number;email;status;region;\
        reject_line;reject_reason
        Kis Pál;123;;;;active;west;3;"customer_number: The customer number has 3 digits, not 7. \
        Spreadsheets drop zeros in front: format the column as text there."
        "Kis "Pál";7654321;;;;active;west;4;"name: Text follows the closing quote of a field."
        Nagy "Évi" Éva;1234567;;;;active;east;5;"name: A quote stands inside a field that does not \
        begin with one."
        "Másik Éva";"1234567";"";"";"";"active";"";6;"customer_number: An earlier line with the same \
        customer number was taken over."

        """)
    #expect(
      String(decoding: policies.withLock { $0 }, as: UTF8.self) == """
        policy_number,customer_number,product,status,valid_from,valid_to,reject_line,reject_reason
        "P1234","9999999","utas","active","","",2,"customer_number: No customer with this number \
        was taken over from customers.csv."

        """)
  }

  @Test func `rows that are mended are imported from that file`() async throws {
    let office = try await RegisterOffice()
    let file = Mutex<[UInt8]>([])
    let rejected = RegisterReplacement.Rejected(
      customers: RejectedRows(.utf8) { bytes in file.withLock { $0 += bytes } },
      policies: RejectedRows(.utf8) { _ in })
    let policies = Array(RegisterOffice.policyHeader.utf8)
    _ = try await office.take(
      files: Array(
        (RegisterOffice.customerHeader + "123456,,Kis Pál,,,active\n1234567,,Nagy Éva,,,active\n")
          .utf8), policies, rejected: rejected)
    let mended = String(decoding: file.withLock { $0 }, as: UTF8.self)
      .replacing("\n123456,", with: "\n0123456,")
    let report = try await office.take(files: Array(mended.utf8), policies)
    #expect(report.isComplete)
    #expect(try await office.register().customers == ["0123456 Kis Pál - - active"])
  }

  @Test func `a file in another encoding gets its rejects in that encoding`() {
    #expect(TextEncoding.windows1250.encode("Nagy Ernő") == Array("Nagy Ern".utf8) + [0xF5])
    #expect(TextEncoding.iso88592.encode("Őry") == [0xD5] + Array("ry".utf8))
  }
}
