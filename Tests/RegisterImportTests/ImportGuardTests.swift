import TestSupport
import Testing

@testable import RegisterImport

/// Files that are most likely broken do not become the register, unless somebody says why.
struct ImportGuardTests {
  private static let hundred = numbers(1...100)

  private func lines(
    _ numbers: [String] = hundred, phone: (Int) -> String = { "+3630\(1_000_000 + $0)" },
    email: (Int) -> String = { "nev\($0)@pelda.hu" }
  ) -> String {
    numbers.enumerated().map { "\($1),,Próba Péter,\(phone($0)),\(email($0)),active\n" }.joined()
  }

  private func guarded(_ report: ImportReport) -> [GuardFinding] {
    report.refusal?.findings ?? []
  }

  @Test func `one rejected row in a hundred passes, two do not`() async throws {
    let office = try await RegisterOffice()
    let one = lines(Array(Self.hundred.prefix(99)))
    let passed = try await office.take(
      customers: "bad,,Próba Péter,,,active\n" + one, options: ImportOptions())
    #expect(passed.isReplaced)
    #expect(!passed.isComplete)

    let two = lines(Array(Self.hundred.prefix(98)))
    let bad = "bad,,Próba Péter,,,active\n"
    let refused = try await office.take(customers: bad + bad + two, options: ImportOptions())
    #expect(guarded(refused).first?.name == .rejects)
    #expect(try await office.register().customers.count == 99)
  }

  @Test func `five of a hundred telephone numbers may change, six may not`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: lines())
    let other: (Int) -> (Int) -> String = { count in
      { $0 < count ? "+3620\(2_000_000 + $0)" : "+3630\(1_000_000 + $0)" }
    }
    let refused = try await office.take(
      customers: lines(phone: other(6)), options: ImportOptions())
    #expect(guarded(refused) == [.changed(6, of: 100, maxPercent: 5)])
    let passed = try await office.take(
      customers: lines(phone: other(5)), options: ImportOptions())
    #expect(passed.isReplaced)
    #expect(passed.customers.changedPhones == 5)
  }

  @Test func `a column that slipped by a row is stopped`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: lines())
    let slipped = try await office.take(
      customers: lines(phone: { "+3630\(1_000_001 + $0)" }), options: ImportOptions())
    #expect(guarded(slipped) == [.changed(100, of: 100, maxPercent: 5)])
  }

  @Test func `policies whose customers slipped by a row are stopped`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(
      customers: GuardBorder.customers(), policies: GuardBorder.policies())
    let before = try await office.register()
    let slipped = GuardBorder.policies(owner: { ($0 + 1) % 100 })
    let refused = try await office.take(
      customers: GuardBorder.customers(), policies: slipped, options: ImportOptions())
    #expect(
      refused.refusal?.sentence == """
        100 of the 100 policies would belong to another customer, and at most 5 % may \
        (--max-owner-change-percent). The column customer_number of policies.csv has most likely \
        slipped: compare some rows. If it is meant: --force owners --reason TEXT.
        """)
    #expect(try await office.register() == before)
    let meant = try await office.take(
      customers: GuardBorder.customers(), policies: slipped,
      options: ImportOptions().with { $0.forced = [.owners] })
    #expect(meant.isReplaced)
    #expect(meant.policies.changedOwners == 100)
  }

  @Test(arguments: [
    (19, 1, true), (19, 5, true), (19, 6, false), (99, 5, true), (99, 6, false), (5, 4, true),
    (5, 5, false), (2, 1, true), (2, 2, false), (1, 1, true),
  ])
  func `of a small register as many policies may change hands as of a hundred, but not all`(
    rows: Int, count: Int, passes: Bool
  ) async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(
      customers: GuardBorder.customers(), policies: GuardBorder.policies(0..<rows))
    let moved = try await office.take(
      customers: GuardBorder.customers(),
      policies: GuardBorder.policies(0..<rows, owner: { $0 < count ? $0 + 1 : $0 }),
      options: ImportOptions())
    #expect(guarded(moved) == (passes ? [] : [.moved(count, of: rows, maxPercent: 5)]))
    #expect(moved.isReplaced == passes)
  }

  @Test func `a policy that is new, or that goes, has slipped from nobody`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(
      customers: GuardBorder.customers(), policies: GuardBorder.policies(0..<50))
    let report = try await office.take(
      customers: GuardBorder.customers(), policies: GuardBorder.policies(48..<100),
      options: .unguarded.with { $0.guards.maxOwnerChangePercent = 0 })
    #expect(report.isReplaced)
  }

  @Test func `half of a column may be emptied, more may not`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: lines())
    let more = try await office.take(
      customers: lines(email: { $0 < 51 ? "" : "nev\($0)@pelda.hu" }), options: ImportOptions())
    #expect(
      guarded(more) == [.emptied(.customers, column: "email", 51, of: 100, maxPercent: 50)])
    let half = try await office.take(
      customers: lines(email: { $0 < 50 ? "" : "nev\($0)@pelda.hu" }), options: ImportOptions())
    #expect(half.isReplaced)
  }

  @Test func `a file in another encoding is told which one to try`() async throws {
    let office = try await RegisterOffice()
    let row: [UInt8] = Array(",,Nagy Ern".utf8) + [0xF5] + Array(",,,active\n".utf8)
    let customers =
      Array(RegisterOffice.customerHeader.utf8) + Self.hundred.flatMap { Array($0.utf8) + row }
    let report = try await office.take(
      files: customers, Array(RegisterOffice.policyHeader.utf8), options: ImportOptions())
    let sentence = try #require(report.refusal?.sentence)
    #expect(sentence.contains("100 of the 100 rows of customers.csv are rejected"))
    #expect(sentence.contains("--encoding windows-1250"))
    #expect(try await office.register().rowCount == 0)
  }

  @Test(arguments: [TextEncoding.windows1250, .iso88592])
  func `a file in UTF-8 that is read in another encoding is noticed, on a first import too`(
    encoding: TextEncoding
  ) async throws {
    let office = try await RegisterOffice()
    let customers = Self.hundred.map { "\($0),,Kovács Béla,,,active\n" }.joined()
    let options = ImportOptions().with { $0.encoding = encoding }
    let refused = try await office.take(customers: customers, options: options)
    #expect(
      refused.refusal?.sentence == """
        100 of the 100 accented texts of customers.csv are garbled, like Ă© for é, and at most 5 % \
        may be (--max-garbled-percent). The file is most likely in UTF-8: leave --encoding \
        \(encoding.rawValue) out. If it is meant: --force encoding --reason TEXT.
        """)
    #expect(try await office.register().rowCount == 0)
    let meant = try await office.take(
      customers: customers, options: options.with { $0.forced = [.encoding] })
    #expect(meant.isReplaced)
  }

  @Test func `policies are read as closely as customers`() async throws {
    let office = try await RegisterOffice()
    let policies = (1...3).map { "P100\($0),1234567,lakásbiztosítás,active,,\n" }.joined()
    let report = try await office.take(
      customers: customerLine("1234567"), policies: policies,
      options: .unguarded.with {
        $0.encoding = .windows1250
        $0.guards.maxGarbledPercent = 5
      })
    #expect(
      guarded(report) == [.garbled(.policies, 3, of: 3, maxPercent: 5, readAs: .windows1250)])
  }

  @Test func `rows that are no text in a code page are told to be UTF-8, maybe`() async throws {
    let office = try await RegisterOffice()
    let report = try await office.take(
      customers: Self.hundred.map { "\($0),,Nagy Ernő,,,active\n" }.joined(),
      options: ImportOptions().with { $0.encoding = .iso88592 })
    #expect(
      report.refusal?.sentence.contains(
        "not text in iso-8859-2: leave --encoding out if the file is in UTF-8.") == true)
  }

  @Test(arguments: [
    (21, 420, true), (22, 420, false), (20, 100, true), (21, 100, false), (1, 1, true),
    (2, 2, false),
  ])
  func `a register has some garbled names, and a file in the wrong encoding more`(
    garbled: Int, accented: Int, passes: Bool
  ) async throws {
    let office = try await RegisterOffice()
    let names = (0..<accented).map { $0 < garbled ? "KovĂˇcs Anna" : "Kovács Anna" }
    let customers = zip(numbers(1...accented), names).map { "\($0),,\($1),,,active\n" }
    let plain = (1...5).map { "A00000\($0),,Kis Anna,,,active\n" }
    let report = try await office.take(
      customers: (customers + plain).joined(), options: ImportOptions())
    #expect(report.isReplaced == passes)
    if passes { return }
    #expect(
      guarded(report) == [
        .garbled(.customers, garbled, of: accented, maxPercent: 5, readAs: .utf8)
      ])
    #expect(report.refusal?.sentence.contains("export it again") == true)
  }

  @Test func `numbers that a spreadsheet has damaged are called that`() async throws {
    let office = try await RegisterOffice()
    let customers = (1...20).map { "\($0),,Próba Péter,,,active\n" }.joined()
    let report = try await office.take(customers: customers, options: ImportOptions())
    #expect(report.refusal?.sentence.contains("spreadsheet has damaged") == true)
  }

  @Test(arguments: GuardBorder.all)
  func `a guard lets pass what it may find, and not one more`(border: GuardBorder) async throws {
    let office = try await RegisterOffice()
    let usual = border.files(0)
    _ = try await office.take(
      customers: GuardBorder.customers(), policies: GuardBorder.policies(),
      options: .unguarded.with { $0.kind = .whole(delivery: 1) })
    let head = border.isDelivery ? "operation," : ""
    let kind = border.isDelivery ? ImportKind.changes(delivery: 2) : .whole()
    func take(_ files: (customers: String, policies: String)) async throws -> ImportReport {
      try await office.take(
        files: Array((head + RegisterOffice.customerHeader + files.customers).utf8),
        Array((head + RegisterOffice.policyHeader + files.policies).utf8),
        options: ImportOptions().with {
          $0.kind = kind
          $0.guards.maxChangePercent = border.maxChangePercent
          $0.guards.maxOwnerChangePercent = border.maxOwnerChangePercent
          $0.isDryRun = true
        })
    }
    #expect(try await take(usual).refusal == nil)
    #expect(try await take(border.files(border.most)).refusal == nil)
    #expect(
      try await take(border.files(border.most + 1)).refusal == .guarded([border.finding]))
  }

  @Test(arguments: [
    (20, 100, true), (21, 100, false), (21, 2_100, true), (22, 2_100, false), (1, 1, true),
    (2, 2, false),
  ])
  func `a damaged column of mobile numbers is stopped, on a first import too`(
    unread: Int, filled: Int, passes: Bool
  ) async throws {
    let office = try await RegisterOffice()
    let customers = lines(
      numbers(1...filled), phone: { $0 < unread ? "3.63E+10" : "+3630\(1_000_000 + $0)" })
    let without = (1...5).map { "A00000\($0),,Kis Pál,,,active\n" }.joined()
    let report = try await office.take(customers: customers + without, options: ImportOptions())
    #expect(report.isReplaced == passes)
    #expect(report.customers.warned == unread)
    #expect(guarded(report).map(\.name) == (passes ? [] : [.rejects]))
    if passes { return }
    let sentence = try #require(report.refusal?.sentence)
    #expect(sentence.hasPrefix("\(unread) of the \(filled) filled cells of sms_number cannot"))
    #expect(sentence.contains("A spreadsheet has damaged the numbers"))
    let forced = try await office.take(
      customers: customers, options: ImportOptions().with { $0.forced = [.rejects] })
    #expect(forced.isReplaced)
  }

  @Test func `a guard is forced by its name, and no other one with it`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(customers: lines())
    let slipped = lines(
      Array(Self.hundred.prefix(50)), phone: { "+3630\(1_000_001 + $0)" })
    let half = try await office.take(
      customers: slipped, options: ImportOptions().with { $0.forced = [.phones] })
    #expect(guarded(half).map(\.name) == [.removals])
    let both = try await office.take(
      customers: slipped,
      options: ImportOptions().with {
        $0.forced = [.phones, .removals]
        $0.reason = "A fele állomány eladva."
      })
    #expect(both.isReplaced)
    #expect(both.overridden.map(\.name) == [.removals, .phones])
    #expect(both.text.contains("forced: 50 of the 100 rows"))
  }

  @Test(arguments: [
    "1234567,,Nagy Éva,,,active\n7654321,,\"Kis Pál,,,active\n7654322,,Kis Pál,,,active\n",
    "1234567,,Nagy Éva,,,active\n7654321,,Kis P", "1234567,,Nagy Éva,,,active\n7654321,,Kis\n",
  ])
  func `a torn file is refused even if all guards are off`(file: String) async throws {
    let office = try await RegisterOffice()
    let report = try await office.take(customers: file)
    guard case .tornFile(let reject)? = report.refusal else {
      Issue.record("\(report.outcome)")
      return
    }
    #expect(reject.line == 3)
    #expect(report.refusal?.isWorthAnotherTry == false)
    #expect(try await office.register().rowCount == 0)
  }

  /// A hundred rows and one with quotes of its own stand between an open quote and the file's end.
  @Test func `an open quote refuses the file, whatever follows it`() async throws {
    let office = try await RegisterOffice()
    let customers =
      "1234567,,Nagy Éva,,,active\n7654321,,\"Kis Pál,,,active\n"
      + numbers(1...100).map(customerLine).joined() + "7654322,,\"dr. X, özv. Y\",,,active\n"
      + numbers(101...200).map(customerLine).joined()
    let first = try await office.take(customers: customers)
    #expect(
      first.refusal?.sentence == """
        customers.csv, line 3, name: A quote is opened in this line and left open: it takes in the \
        next 101 lines. Mend that quote where the file comes from, and export it again.
        """)
    let policies =
      "P0,1234567,utas,active,,\nP1,1234567,\"utas,active,,\n"
      + (1...100).map { "Q\($0),1234567,utas,active,,\n" }.joined()
      + "P2,1234567,\"casco, teljes\",active,,\nP3,1234567,utas,active,,\n"
    let second = try await office.take(customers: customerLine("1234567"), policies: policies)
    #expect(
      second.refusal?.sentence == """
        policies.csv, line 3, product: A quote is opened in this line and left open: it takes in \
        the next 101 lines. Mend that quote where the file comes from, and export it again.
        """)
    #expect(try await office.register().rowCount == 0)
  }

  @Test func `the history tells who imported what, and why a guard was forced`() async throws {
    let office = try await RegisterOffice()
    _ = try await office.take(
      customers: lines(), options: ImportOptions().with { $0.person = "ildikó" })
    office.clock.advance(by: 60)
    _ = try await office.take(customers: "", options: ImportOptions())
    office.clock.advance(by: 60)
    _ = try await office.take(
      customers: "",
      options: ImportOptions().with {
        $0.forced = [.removals]
        $0.reason = "Próbaüzem vége."
      })
    _ = try await office.take(
      customers: lines(), options: ImportOptions().with { $0.isDryRun = true })

    let history = try await ImportRecord.history(in: office.store)
    #expect(history.map(\.isReplaced) == [true, false, true])
    #expect(history.map(\.forced) == ["removals", "", ""])
    #expect(history.first?.reason == "Próbaüzem vége.")
    #expect(history.first?.importedAt == office.clock.now)
    #expect(history.last?.person == "ildikó")
    #expect(history[1].refusal?.contains("would be removed") == true)
    // The SHA-256 of a header line of policies.csv alone, by sha256sum.
    #expect(
      history.first?.policiesHash
        == "0e506fe887648517db5826691d28b382ec2663f2d525ad1e0ea5fe244cc97d88")
    let json = try history.json
    #expect(json.contains("\"forced\" : [\n      \"removals\"\n    ]"))
    #expect(history[0].text.contains("forced: removals. Reason: Próbaüzem vége."))
  }

  @Test(arguments: [
    (Int.max, 99, false), (Int.max / 2, 50, true), (Int.max / 2 + 1, 50, false),
    (Int.max / 100, 1, true), (Int.max / 100 + 1, 1, false), (Int.max, 100, true),
  ])
  func `no number of rows is too large to be compared`(removed: Int, percent: Int, passes: Bool) {
    var report = ImportReport(ImportOptions())
    report.customers.removed = removed
    report.customers.unchanged = Int.max - removed
    var guards = ImportGuards()
    guards.maxDeletePercent = percent
    #expect(guards.findings(in: report).isEmpty == passes)
  }
}
