import Domain
import RegisterImport
import Testing

/// From the bytes of a register file to customers and policies.
struct RegisterReaderTests {
  let header = "customer_number;old_customer_number;name;sms_number;email;status\n"

  @Test func `a line becomes a customer`() throws {
    let lines = customers(
      header + "a1b2-c67;OLD1 old-2 OLD1; Kovács Anna ;0630/123-4567;Anna@Pelda.hu;active\n")
    let customer = try #require(lines.rows.first)
    #expect(customer.number == (try CustomerNumber("A1B2C67")))
    #expect(customer.oldNumbers.map(\.text) == ["OLD1", "OLD2"])
    #expect(customer.name == "Kovács Anna")
    #expect(customer.smsNumber?.e164 == "+36301234567")
    #expect(customer.email?.canonical == "anna@pelda.hu")
    #expect(customer.status == .active)
    #expect(lines.rejects.isEmpty)
  }

  @Test func `what a customer may lack may be empty`() throws {
    let customer = try #require(customers(header + "A1B2C67;;Kovács Anna;;;closed").rows.first)
    #expect(customer.oldNumbers.isEmpty)
    #expect(customer.smsNumber == nil)
    #expect(customer.email == nil)
    #expect(customer.status == .closed)
  }

  @Test func `columns may stand in any order among others`() throws {
    let lines = customers(
      """
      status,"region", name ,email,customer_number,sms_number,old_customer_number
      active,north,Kovács Anna,,A1B2C67,,\n
      """)
    #expect(lines.rows.map(\.number.text) == ["A1B2C67"])
    #expect(lines.rejects.isEmpty)
  }

  @Test(arguments: [
    (";;Kovács Anna;;;active", ", customer_number: The customer number is missing."),
    (
      "A1B2C6;;Kovács Anna;;;active",
      ", customer_number: The customer number has 6 characters, not 7."
    ),
    (
      "A1B2C67;x_1;Kovács Anna;;;active",
      ", old_customer_number: An old customer number holds something else than letters and digits."
    ),
    ("A1B2C67;; ;;;active", ", name: The cell is empty."),
    (
      "A1B2C67;;\"Kovács\r\nAnna\";;;active",
      ", name: The text holds a line end or another control character."
    ),
    (
      "A1B2C67;;Kovács Anna;0630123456;;active",
      ", sms_number: The telephone number has too few or too many digits."
    ),
    (
      "A1B2C67;;Kovács Anna;;anna.pelda.hu;active",
      ", email: The e-mail address has no @."
    ),
    (
      "A1B2C67;;Kovács Anna;;;Active",
      ", status: The status is none of active, blocked, deceased, closed."
    ),
    ("A1B2C67;;Kovács Anna;;active", ": The line has 5 columns, the header line has 6."),
    ("A1B2C67;;Kov\0ács;;;active", ", name: The field holds a NUL byte."),
    (
      "A1B2C67;;Anna;;;active;x\"",
      ", column 7: A quote stands inside a field that does not begin with one."
    ),
  ])
  func `a line that cannot be taken over is told with its place`(line: String, told: String) {
    let good = "B1B2C67;;Nagy Éva;;;active"
    let lines = customers(header + good + "\n" + line + "\n" + good + "\n")
    #expect(lines.rejects.map(\.description) == ["customers.csv, line 3\(told)"])
    #expect(lines.rows.count == 2)
  }

  @Test func `a name of 200 bytes is taken over and one of 201 is not`() {
    let name = String(repeating: "ő", count: 100)
    #expect(customers(header + "A1B2C67;;\(name);;;active").rows.first?.name == name)
    #expect(
      customers(header + "A1B2C67;;\(name)x;;;active").rejects.map(\.reason) == [.textTooLong])
  }

  @Test func `a reject quotes nothing of the cell`() {
    let lines = customers(header + "A1B2C67;;Kovács Anna;;titok@pelda@hu;active\n")
    #expect(lines.rejects.count == 1)
    #expect(!"\(lines.rejects)".contains("titok"))
  }

  @Test func `a log line shows no name`() throws {
    let customer = try #require(customers(header + "A1B2C67;;Kovács Anna;;;active").rows.first)
    #expect("\(customer)" == "customer •••••67")
  }

  @Test func `lines of separators below the last row are skipped`() {
    let lines = customers(header + "A1B2C67;;Kovács Anna;;;active\n;;;;;\n;;;;;\n")
    #expect(lines.rows.count == 1)
    #expect(lines.rejects.isEmpty)
  }

  @Test(arguments: [
    ("", "line 1: The file is empty; a header line was expected."),
    ("\u{FEFF}\n\n", "line 1: The file is empty; a header line was expected."),
    (
      "name;customer_number\nx;y\nz;z\n",
      "line 1: The header line lacks old_customer_number, sms_number, email, status."
    ),
    (
      "name;customer_number;name;old_customer_number;sms_number;email;status\nx;y;z\n",
      "line 1: The header line names name twice."
    ),
    ("\nna\"me\nx\n", "line 2: A quote stands inside a field that does not begin with one."),
  ])
  func `a file without a usable header line is one reject`(file: String, told: String) {
    let lines = customers(file)
    #expect(lines.rejects.map(\.description) == ["customers.csv, \(told)"])
    #expect(lines.rows.isEmpty)
  }

  @Test func `a refused file is read no further`() {
    var reader = RegisterReader<CustomerRow>()
    var lines: [RegisterLine<CustomerRow>] = []
    #expect(!reader.isRefused)
    reader.read(chunk: Array("x;y\n".utf8)) { lines.append($0) }
    #expect(reader.isRefused)
    reader.read(chunk: Array(header.utf8)) { lines.append($0) }
    reader.finish { lines.append($0) }
    #expect(lines.count == 1)
  }

  @Test func `a file from a spreadsheet is read in its own encoding`() throws {
    let row: [UInt8] = [0x4E, 0x61, 0x67, 0x79, 0x20, 0x45, 0x72, 0x6E, 0xF5]
    let file =
      Array(header.utf8) + Array("A1B2C67;;".utf8) + row + Array(";;;active\r\n".utf8)
    #expect(customers(bytes: file, .windows1250).rows.first?.name == "Nagy Ernő")
    #expect(customers(bytes: file).rejects.map(\.reason) == [.malformed(.encoding)])
  }

  @Test func `a line becomes a policy`() throws {
    let lines = policies("K-1234/5,A1B2C67,Casco,live,2024-02-29,2024-02-29\n")
    let policy = try #require(lines.rows.first)
    #expect(policy.policyNumber.text == "K12345")
    #expect(policy.customerNumber.text == "A1B2C67")
    #expect(policy.product == "Casco")
    #expect(policy.status == "live")
    #expect(policy.validFrom == "2024-02-29")
    #expect(policy.validTo == "2024-02-29")
    #expect("\(policy)" == "policy •••••45")
  }

  @Test(arguments: [("", ""), ("2026-01-01", ""), ("", "9999-12-31"), ("0001-01-01", "2000-02-29")])
  func `a policy may be open at either end`(from: String, to: String) {
    #expect(policies("K12345,A1B2C67,Casco,live,\(from),\(to)\n").rows.count == 1)
  }

  @Test(arguments: [
    "2023-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00",
    "2026-01-32",
    "0000-01-01", "26-01-01", "2026-1-01", "2026.01.01", "2026-01-01T00:00", "20260101",
    "+026-01-01",
    "２０２６-01-01", "2026-01-0\u{661}", "9223372036854775808-01-01",
  ])
  func `a day that does not exist is refused`(day: String) {
    let rejects = policies("K12345,A1B2C67,Casco,live,\(day),\n").rejects
    #expect(rejects.map(\.reason) == [.date])
    #expect(rejects.map(\.column) == ["valid_from"])
  }

  @Test func `a policy cannot end before it begins`() {
    let rejects = policies("K12345,A1B2C67,Casco,live,2026-01-02,2026-01-01\n").rejects
    #expect(
      rejects.map(\.description) == [
        "policies.csv, line 2, valid_to: The policy would end before it begins."
      ])
  }

  private func customers(_ file: String) -> Lines<CustomerRow> {
    customers(bytes: Array(file.utf8))
  }

  private func customers(
    bytes: [UInt8], _ encoding: TextEncoding = .utf8
  ) -> Lines<CustomerRow> {
    Lines(reading: bytes, encoding)
  }

  private func policies(_ lines: String) -> Lines<PolicyRow> {
    let header = "policy_number,customer_number,product,status,valid_from,valid_to\n"
    return Lines(reading: Array((header + lines).utf8), .utf8)
  }
}
