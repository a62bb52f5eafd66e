import Domain
import Foundation
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
      "123456;;Kovács Anna;;;active",
      """
      , customer_number: The customer number has 6 digits, not 7. Spreadsheets drop zeros in \
      front: format the column as text there.
      """
    ),
    (
      "1,23E+07;;Kovács Anna;;;active",
      """
      , customer_number: A spreadsheet has rounded the number, like 3.63E+10. Format the column as \
      text there.
      """
    ),
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
    let lines = customers(header + "A1B2C67;;Kovács Anna;;;titok\n")
    #expect(lines.rejects.count == 1)
    #expect(!"\(lines.rejects)".contains("titok"))
  }

  @Test(arguments: [
    ("0630123456;", "sms_number", "The telephone number has too few or too many digits."),
    ("nincs;", "sms_number", "The telephone number holds something else than one number."),
    (
      "3,63E+10;", "sms_number",
      "A spreadsheet has rounded the number, like 3.63E+10. Format the column as text there."
    ),
    (";anna.pelda.hu", "email", "The e-mail address has no @."),
    (";-", "email", "The e-mail address has no @."),
  ])
  func `a cell that the person can do without is left empty, with a warning`(
    cells: String, column: String, told: String
  ) {
    let lines = customers(header + "A1B2C67;;Kovács Anna;\(cells);active\n")
    #expect(lines.rejects.isEmpty)
    #expect(lines.rows.map(\.name) == ["Kovács Anna"])
    #expect(lines.rows.allSatisfy { $0.smsNumber == nil && $0.email == nil })
    #expect(lines.warnings.map(\.column) == [column])
    #expect(lines.warnings.map(\.reason.sentence) == [told])
  }

  @Test(arguments: [
    ("A1B2C67;;Kovács Anna;;;active\nB1B2C67;;\"Nagy Éva;;;active\n", true),
    ("A1B2C67;;Kovács Anna;;;active\nB1B2C67;;Nagy", true),
    ("A1B2C67;;Kovács Anna;;;active\nB1B2C67;;Nagy\n", true),
    ("A1B2C67;;Kovács Anna;;;active\nB1B2C67;;Nagy Éva;;;acti", true),
    ("A1B2C67;;Kovács Anna;;;active\nB1B2C67;;Nagy Éva;;;active", false),
    ("A1B2C67;;Kovács Anna;;;active\nB1B2C67;;Nagy\nC1B2C67;;Kis Pál;;;active\n", false),
    ("A1B2C67;;Kovács Anna;;;active\nB1B2C67;;Nagy Éva;;;nyugdíjas\n", false),
  ])
  func `a file that was cut off is known by its end`(file: String, isTorn: Bool) {
    #expect((customers(header + file).tear != nil) == isTorn)
  }

  /// A file whose lines end with a column, and whose only line has no end.
  private func unended(_ column: String, _ cell: String) -> Lines<CustomerRow> {
    let cells = [
      "customer_number": "A1B2C67", "old_customer_number": "", "name": "Kovács Anna",
      "sms_number": "", "email": "", "status": "active",
    ]
    let others = cells.keys.filter { $0 != column }.sorted()
    let head = (others + [column]).joined(separator: ";")
    let row = (others.map { cells[$0] ?? "" } + [cell]).joined(separator: ";")
    return customers("\(head)\n\(row)")
  }

  @Test(arguments: [
    ("sms_number", "0630123456"), ("email", "anna@"), ("email", "anna"), ("email", "ninc"),
    ("sms_number", "nincs me"), ("sms_number", "--"),
  ])
  func `a file that ends in a cell which cannot be read was cut off, whoever may lack it`(
    column: String, cell: String
  ) {
    let lines = unended(column, cell)
    #expect(lines.tear?.line == 2)
    #expect(lines.tear?.column == column)
  }

  @Test(arguments: [
    ("sms_number", "+36301234567"), ("email", "anna@pelda.hu"), ("email", ""),
    ("name", "Kovács An"), ("old_customer_number", "R1"),
  ])
  func `a last cell that may be cut is warned of`(column: String, cell: String) {
    let lines = unended(column, cell)
    #expect(lines.tear == nil)
    #expect(lines.rows.count == 1)
    #expect(lines.warnings.map(\.column) == [column])
    #expect(lines.warnings.map(\.reason) == [.noLineEnd])
  }

  @Test(arguments: [
    ("sms_number", "nincs"), ("sms_number", "-"), ("email", "nincs"), ("email", " - "),
    ("email", "Nincs"),
  ])
  func `a last cell that says that there is nothing is warned of, and no file is cut there`(
    column: String, cell: String
  ) {
    let lines = unended(column, cell)
    #expect(lines.tear == nil)
    #expect(lines.rows.map(\.name) == ["Kovács Anna"])
    #expect(lines.rows.allSatisfy { $0.smsNumber == nil && $0.email == nil })
    #expect(lines.warnings.map(\.column) == [column, column])
    #expect(lines.warnings.last?.reason == .noLineEnd)
  }

  @Test(arguments: [
    ("status", "active"), ("customer_number", "A1B2C67"), ("name", "\"Kovács Anna\""),
    ("name", "Kovács Anna\r"), ("email", "anna@pelda.hu\n"), ("region", "no"),
  ])
  func `a last cell that must be whole is not`(column: String, cell: String) {
    let lines = unended(column, cell)
    #expect(lines.tear == nil)
    #expect(lines.rows.count == 1)
    #expect(lines.warnings.isEmpty)
  }

  @Test(arguments: [("2026-01-01", 0), ("", 1)])
  func `a policy that ends the file is warned of if it may lack its end`(
    validTo: String, warnings: Int
  ) {
    let lines = policies("K12345,A1B2C67,Casco,live,2024-01-01,\(validTo)")
    #expect(lines.rows.count == 1)
    #expect(lines.warnings.count == warnings)
  }

  @Test(arguments: [
    // Two mistakes in one line take that line alone.
    ("A1B2C67;;\"Kis\" Pál;;;active\n", false),
    ("A1B2C67;;Kis \"Pál\";;;active\n", false),
    ("A1B2C67;;\"Kis\nPál\";;;active\n", false),
    ("A1B2C67;;\"Kis; Pál;\n;;\";;;active\n", false),
    ("A1B2C67;;\"Kis Pál;;;active\nB1B2C67;;\"dr. X; özv. Y\";;;active\n", true),
    ("A1B2C67;;\"Kis Pál;;;active\nB1B2C67;\";Nagy;;;active\n", true),
    ("A1B2C67;;\"Kis Pál;;;active\nB1B2C67;;Nagy\";;;active\n", true),
    ("A1B2C67;;Kis Pál;;\"p@pelda.hu;active\nB1B2C67;;Nagy Éva;;e@pelda.hu\";active\n", true),
  ])
  func `a quote that was left open is known whatever follows it`(rows: String, isTorn: Bool) {
    let good = "C1B2C67;;Nagy Éva;;;active\n"
    let lines = customers(header + good + rows + good)
    #expect(lines.rejects.map(\.line) == [3])
    #expect((lines.tear?.reason == RejectReason.openQuote(followingLines: 1)) == isTorn)
    #expect(lines.tear?.line == (isTorn ? 3 : nil))
  }

  @Test(arguments: [
    ("sep=;\n", RejectReason.separatorLine),
    ("customer_number\told_customer_number\tname\tsms_number\temail\tstatus\n", .tabs),
    ("Customer_Number;OLD_CUSTOMER_NUMBER;NAME;SMS_NUMBER;EMAIL;STATUS\n", .capitals),
  ])
  func `a slip in the header line is called by its name`(file: String, reason: RejectReason) {
    let lines = customers(file + "A1B2C67;;Kovács Anna;;;active\n")
    #expect(lines.rejects.map(\.reason) == [reason])
    #expect(lines.rows.isEmpty)
  }

  @Test(
    arguments: [
      (String.Encoding.utf16LittleEndian, [0xFF, 0xFE]), (.utf16BigEndian, [0xFE, 0xFF]),
      (.utf16LittleEndian, []),
    ] as [(String.Encoding, [UInt8])])
  func `a file in UTF-16 is called that`(encoding: String.Encoding, mark: [UInt8]) throws {
    let text = try #require((header + "A1B2C67;;Anna;;;active\n").data(using: encoding))
    #expect(customers(bytes: mark + Array(text)).rejects.map(\.reason) == [.utf16])
  }

  @Test(arguments: [TextEncoding.windows1250, .iso88592])
  func `a file with the mark of UTF-8 is not read in another encoding`(encoding: TextEncoding) {
    let file = [0xEF, 0xBB, 0xBF] + Array((header + "A1B2C67;;Anna;;;active\n").utf8)
    let rejects = customers(bytes: file, encoding).rejects
    #expect(rejects.map(\.reason) == [.utf8Mark(encoding)])
    #expect(rejects.first?.description.contains("leave --encoding") == true)
    #expect(customers(bytes: file).rejects.isEmpty)
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
    reader.read(chunk: Array("x;y\n".utf8)) { line, _ in lines.append(line) }
    #expect(reader.isRefused)
    reader.read(chunk: Array(header.utf8)) { line, _ in lines.append(line) }
    reader.finish { line, _ in lines.append(line) }
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
