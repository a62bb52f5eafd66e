internal import Foundation
internal import Outbox
internal import Persistence
internal import PersistenceSQLite
internal import Testing

/// The built program itself, as an operator runs it.
@Suite(.serialized) struct `The program` {
  @Test(
    arguments: [
      (["version"], 0), (["serve", "--nonsense"], 64), (["serve"], 78),
      (["serve", "--demo", "--config", "/nowhere.yaml"], 78),
      (["register", "import", "--customers", "/nowhere.csv", "--policies", "/nowhere.csv"], 69),
      (["register", "show", "9999999"], 1), (["account", "unlock", "x"], 65),
      (["account", "end-sessions", "9999999"], 1), (["account", "end-sessions"], 64),
      (["account", "end-sessions", "--all"], 0),
      (["account", "unlock", "1234567", "--by", "kovacs.eva", "--reason", "felhívott"], 65),
      (["account", "unlock", "1234567", "--by", ""], 64),
      (["account", "unlock", "1234567", "--reason", "két\nsor"], 64),
      (["account", "show", "9999999"], 1), (["account", "export", "9999999"], 1),
      (["account", "erase"], 64), (["account", "erase", "9999999", "--replay"], 64),
      (["account", "erase", "9999999"], 0), (["account", "erase", "--replay"], 0),
      (["account", "erase", "--replay", "--tombstones", "/nowhere"], 69),
      (["account", "requests"], 0), (["account", "requests", "--done", "1"], 1),
      (["account", "erasures"], 0), (["audit", "verify"], 0), (["contract", "render"], 0),
      (["contract", "render", "--into", "brand", "--tool", "/nowhere/weasyprint"], 69),
      (["health"], 69), (["config", "check"], 78), (["config", "print"], 0), (["migrate"], 0),
      (["migrate", "status"], 1), (["messages", "preview", "--kind", "pigeon"], 64),
      (["messages", "preview", "--kind", "sms_code", "--html"], 64),
    ] as [([String], Int32)])
  func `each end has its exit code`(arguments: [String], status: Int32) async throws {
    let run = try await Program.run(arguments)
    #expect(run.status == status, "\(run.error)")
    if status != 0 { #expect(!run.error.isEmpty) }
  }

  @Test(arguments: ["BELEPO_SMS_GATEWAY": "kannel", "BELEPO_MAIL_SMTP_HOST": "mail.example"])
  func `the demo refuses to start together with a real way out`(
    variable: String, value: String
  ) async throws {
    let run = try await Program.run(["serve", "--demo"], environment: [variable: value])
    #expect(run.status == 78)
    #expect(run.error.contains("The demo sends nothing"))
  }

  @Test func `every kind of message has a sample in both languages`() async throws {
    let run = try await Program.run(
      ["messages", "preview"], environment: ["BELEPO_HTTP_PUBLIC_URL": "https://portal.example"])
    #expect(run.status == 0, "\(run.error)")
    for kind in Message.Kind.allCases {
      for language in ["hu", "en"] {
        #expect(run.output.contains("== \(kind.rawValue), \(language)\n"))
      }
    }
  }

  @Test func `secrets are not printed`() async throws {
    let secret = Data(repeating: 9, count: 32).base64EncodedString()
    let run = try await Program.run(
      ["config", "print"], environment: ["BELEPO_SECRETS_KEY": secret])
    #expect(!run.output.contains(secret))
    #expect(run.output.contains("(redacted)"))
  }

  @Test func `the made-up insurer's contract is not offered under a public name`() async throws {
    let key = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
    var environment = [
      "BELEPO_HTTP_PUBLIC_URL": "https://portal.biztosito.hu", "BELEPO_SECRETS_KEY": key,
      "BELEPO_SMS_GATEWAY": "kannel", "BELEPO_MAIL_FROM": "portal@biztosito.hu",
      "BELEPO_HTTP_PORT": "0",
    ]
    for command in [["config", "check"], ["serve"], ["dispatch"]] {
      let run = try await Program.run(command, environment: environment)
      #expect(run.status == 78)
      #expect(run.error.contains("made-up insurer"))
      #expect(run.error.contains("documents/hu/portalszerzodes.html"))
    }
    environment["BELEPO_HTTP_PUBLIC_URL"] = "https://portal.example"
    let trial = try await Program.run(["config", "check"], environment: environment)
    #expect(trial.status == 0)
    #expect(trial.error.contains("made-up insurer"))
  }

  @Test(arguments: [["serve"], ["dispatch"], ["check"], ["config", "check"]])
  func `a brand in another encoding is refused, and nobody sees the made-up one in its place`(
    command: [String]
  ) async throws {
    let brand = try Program.folder()
    let file = brand.appendingPathComponent("brand.yaml")
    try Data(Array("insurerName: Els".utf8) + [0xF5, 0x0A]).write(to: file)
    let key = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
    let run = try await Program.run(
      command,
      environment: [
        "BELEPO_HTTP_PUBLIC_URL": "https://portal.example", "BELEPO_SECRETS_KEY": key,
        "BELEPO_SMS_GATEWAY": "kannel", "BELEPO_MAIL_FROM": "portal@biztosito.hu",
        "BELEPO_HTTP_PORT": "0", "BELEPO_BRAND_DIRECTORY": brand.path,
      ])
    #expect(run.status == 78, "\(run.error)")
    let sentence =
      "\(file.path): it is not in UTF-8 (line 1) but most likely in windows-1250: save it in UTF-8."
    #expect((run.output + run.error).contains(sentence), "\(run.output)\(run.error)")
  }

  /// - Parameter page: counted from the end when negative; 0 holds the schema
  @Test(arguments: [0, -1]) func `a damaged database is not served from`(
    page: Int64
  ) async throws {
    let folder = try Program.folder()
    let database = folder.appendingPathComponent("own.sqlite")
    let environment = ["BELEPO_DATABASE_URL": "sqlite:\(database.path)", "BELEPO_HTTP_PORT": "0"]
    #expect(try await Program.run(["migrate"], environment: environment).status == 0)
    let handle = try FileHandle(forUpdating: database)
    let pages = Int64(try handle.seekToEnd() / 4096)
    // The first page begins with the file's own heading.
    let start = page == 0 ? 100 : (page + pages) * 4096
    try handle.seek(toOffset: UInt64(start))
    try handle.write(contentsOf: Data(repeating: 0xA5, count: page == 0 ? 3996 : 4096))
    try handle.close()
    let key = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
    let production = environment.merging([
      "BELEPO_HTTP_PUBLIC_URL": "https://portal.example", "BELEPO_SECRETS_KEY": key,
      "BELEPO_SMS_GATEWAY": "kannel", "BELEPO_MAIL_FROM": "portal@biztosito.hu",
    ]) { $1 }
    for (command, settings) in [(["serve", "--demo"], environment), (["dispatch"], production)] {
      let run = try await Program.run(command, environment: settings)
      #expect(run.status == 65, "\(command)")
      #expect(run.error.contains("damaged") && run.error.contains("restore a backup"))
    }
  }

  @Test func `a trail that is not sealed in time has another exit code than one that was altered`()
    async throws
  {
    let file = try Program.folder().path + "/own.sqlite"
    let environment = ["BELEPO_DATABASE_URL": "sqlite:\(file)"]
    #expect(try await Program.run(["migrate"], environment: environment).status == 0)
    let store = try SQLiteStore(path: file)
    try await store.write { transaction in
      let longAgo = Date(timeIntervalSince1970: 1_000_000_000)
      try transaction.perform(
        "INSERT INTO audit_event (at, kind) VALUES (\(longAgo), 'logged_in')")
    }
    let late = try await Program.run(["audit", "verify"], environment: environment)
    #expect(late.status == 1, "\(late.error)")
    #expect(late.error.contains("audit_event: 1 rows are not sealed"))
    #expect(late.output.contains("audit_event: 0 rows under 0 seals, 1 not sealed yet"))
    try await store.write { transaction in
      try transaction.perform(
        """
        INSERT INTO declared_text (version, kind, language, body)
        VALUES ('0123', 'marketing', 'hu', 'other words')
        """)
    }
    try store.close()
    let altered = try await Program.run(["audit", "verify"], environment: environment)
    #expect(altered.status == 65 && altered.error.contains("is not the one that was declared"))
  }

  @Test func `a file with bad rows is told of, and a file that is none is refused`() async throws {
    let folder = try Program.folder()
    let customers = folder.appendingPathComponent("customers.csv")
    let policies = folder.appendingPathComponent("policies.csv")
    try "customer_number,old_customer_number,name,sms_number,email,status\n1234567,,A B,,,odd\n"
      .write(to: customers, atomically: true, encoding: .utf8)
    try "nonsense\n".write(to: policies, atomically: true, encoding: .utf8)
    let files = ["--customers", customers.path, "--policies", policies.path]
    let refused = try await Program.run(["register", "import"] + files)
    #expect(refused.status == 65)
    try "policy_number,customer_number,product,status,valid_from,valid_to\n"
      .write(to: policies, atomically: true, encoding: .utf8)
    let told = try await Program.run(["register", "import", "--format", "json"] + files)
    #expect(told.output.contains("\"line\":2") || told.output.contains("\"line\" : 2"))
    #expect(told.output.contains("status"))
  }

  @Test func `the demo is ready, and ends in peace when it is told to stop`() async throws {
    let server = try Program.serve()
    try await server.waitUntilReady()
    #expect(try await server.get("/").contains("Példa Biztosító"))
    for path in ["/livez", "/readyz", "/metrics"] {
      #expect(try await server.head(path) == 200)
    }
    #expect(try await server.stop() == 0)
    for line in server.log.split(separator: "\n") {
      #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
    }
  }

  @Test func `who has a port cannot have it twice`() async throws {
    let first = try Program.serve()
    try await first.waitUntilReady()
    let second = try await Program.run(
      ["serve", "--demo"],
      environment: [
        "BELEPO_HTTP_PORT": String(first.port), "BELEPO_MANAGEMENT_PORT": "0",
      ])
    #expect(second.status == 69)
    #expect(try await first.stop() == 0)
  }

  @Test func `who says stop twice means it`() async throws {
    // A graceful stop would first leave proxies their time.
    let server = try Program.serve(["BELEPO_HTTP_DRAIN": "10s"])
    try await server.waitUntilReady()
    server.process.terminate()
    try await server.waitForLog(of: "\"event\":\"stopping\"")
    #expect(try await server.stop() == 1)
  }

  @Test func `a log that nobody reads holds up no request`() async throws {
    let server = try Program.serve()
    try await server.waitUntilReady()
    // A pipe holds 64 KiB, which are some three hundred lines.
    for _ in 1...600 { _ = try await server.get("/kapcsolat") }
    #expect(try await server.ask("/livez") == "ok\n")
    #expect(try await server.ask("/metrics").contains("belepo_log_lines_dropped_total 0\n"))
    #expect(try await server.stop() == 0)
    #expect(server.log.matches(of: /"route":"\/kapcsolat"/).count == 600)
  }
}
