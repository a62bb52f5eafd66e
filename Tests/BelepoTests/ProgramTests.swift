internal import Foundation
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
      (["account", "show", "9999999"], 1), (["account", "export", "9999999"], 1),
      (["account", "erase"], 64), (["account", "erase", "9999999", "--replay"], 64),
      (["account", "erase", "9999999"], 0), (["account", "erase", "--replay"], 0),
      (["account", "erase", "--replay", "--tombstones", "/nowhere"], 69),
      (["account", "requests"], 0), (["account", "requests", "--done", "1"], 1),
      (["account", "erasures"], 0), (["audit", "verify"], 0), (["contract", "render"], 0),
      (["contract", "render", "--into", "brand", "--tool", "/nowhere/weasyprint"], 69),
      (["health"], 69), (["config", "check"], 78), (["config", "print"], 0), (["migrate"], 0),
      (["migrate", "status"], 1),
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

  @Test func `secrets are not printed`() async throws {
    let secret = Data(repeating: 9, count: 32).base64EncodedString()
    let run = try await Program.run(
      ["config", "print"], environment: ["BELEPO_SECRETS_KEY": secret])
    #expect(!run.output.contains(secret))
    #expect(run.output.contains("(redacted)"))
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
}
