internal import Domain
internal import Foundation
internal import Testing

@testable internal import belepo

@Suite struct `The configuration` {
  private static let key = Data(repeating: 1, count: 32).base64EncodedString()

  @Test func `everything has a default but what only the operator can know`() async throws {
    let invalid = try await problems(in: [:], isServing: true)
    #expect(
      invalid.map { $0.prefix { $0 != " " } } == [
        "http.publicURL", "secrets.key", "sms.gateway", "mail.from",
      ])
    #expect(try await problems(in: [:], isServing: false).isEmpty)
  }

  @Test func `the default limits are those of the domain`() async throws {
    let settings = try await Settings.load(environment: [:], file: nil, isServing: false)
    #expect(settings.limits == Limits())
  }

  @Test(arguments: [
    (SettingKey.httpPort, "BELEPO_HTTP_PORT"),
    (.httpPublicURL, "BELEPO_HTTP_PUBLIC_URL"),
    (.smsResendAfter, "BELEPO_CODES_SMS_RESEND_AFTER"),
    (.argon2Memory, "BELEPO_PASSWORD_ARGON2_MEMORY"),
    (.mismatchesPerAddress, "BELEPO_LIMITS_MISMATCHES_PER_ADDRESS_PER_TEN_MINUTES"),
  ])
  func `each key has a variable`(key: SettingKey, variable: String) async throws {
    #expect(key.variable == variable)
  }

  @Test(arguments: SettingKey.allCases)
  func `a variable overrides its key`(key: SettingKey) async throws {
    let value = example(of: key)
    let settings = try await Settings.load(
      environment: [key.variable: value], file: nil, isServing: false)
    #expect(settings.text(key) == value)
    #expect(settings[key]?.source == "environment \(key.variable)")
  }

  @Test func `the environment wins over the file, the file over the default`() async throws {
    let file = try temporary("http:\n  port: 8181\n  host: 127.0.0.2\n")
    let settings = try await Settings.load(
      environment: ["BELEPO_HTTP_PORT": "8282"], file: file, isServing: false)
    #expect(settings.text(.httpPort) == "8282")
    #expect(settings.text(.httpHost) == "127.0.0.2")
    #expect(settings.text(.managementPort) == "9090")
  }

  @Test func `a list in the file is a list`() async throws {
    let file = try temporary("registration:\n  mobilePrefixes: [20, 31]\n")
    let settings = try await Settings.load(environment: [:], file: file, isServing: false)
    #expect(settings.limits.mobilePrefixes == ["20", "31"])
  }

  @Test func `a secret may come from a file`() async throws {
    let file = try temporary(Self.key + "\n")
    let settings = try await Settings.load(
      environment: ["BELEPO_SECRETS_KEY_FILE": file], file: nil, isServing: false)
    #expect(settings.text(.secretsKey) == Self.key)
  }

  @Test(arguments: ["BELEPO_CONFIG", "BELEPO_MAIL_SMTP_PASSWORD_FILE"])
  func `a file in another encoding is called that, by its name`(variable: String) async throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("belepo-\(UUID().uuidString).yaml")
    try Data(Array("# eleje\n# ".utf8) + [0xE9, 0x0A]).write(to: file)
    let found = try await problems(in: [variable: file.path])
    #expect(found.count == 1)
    #expect(
      found.first?.hasSuffix(
        "\(file.path): it is not in UTF-8 (line 2) but most likely in windows-1250: save it in "
          + "UTF-8.") == true)
  }

  @Test func `a key of random bytes is called no text, and not another encoding`() async throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("belepo-\(UUID().uuidString).key")
    try Data([0x00, 0x01, 0xE9, 0x0A]).write(to: file)
    let found = try await problems(in: ["BELEPO_SECRETS_KEY_FILE": file.path])
    #expect(found.contains("BELEPO_SECRETS_KEY_FILE: \(file.path): it is no text."), "\(found)")
  }

  @Test func `unknown keys are errors, with a hint, and all errors come at once`() async throws {
    let file = try temporary("http:\n  prot: 1\nserver:\n  port: 2\n")
    let found = try await problems(
      in: [
        "BELEPO_HTTP_PORT": "99999", "BELEPO_NONSENSE": "1", "BELEPO_CODES_SMS_LIFETIME": "2h",
      ], file: file)
    #expect(found.count == 5)
    #expect(found.contains { $0.contains("http.prot is no key") })
    #expect(found.contains { $0.contains("server.port is no key") && $0.contains("Was http.port") })
    #expect(found.contains { $0.contains("BELEPO_NONSENSE") })
    #expect(found.contains { $0.contains("http.port") && $0.contains("not a port") })
    #expect(found.contains { $0.contains("codes.sms.lifetime") && $0.contains("10m") })
  }

  @Test(arguments: [
    ("12288", "3", true), ("12288", "2", false), ("19455", "2", false), ("19456", "2", true),
    ("19455", "3", true), ("1048576", "20", true),
  ])
  func `memory and passes of a hash are strong enough together`(
    memory: String, passes: String, isGood: Bool
  ) async throws {
    let found = try await problems(
      in: [SettingKey.argon2Memory.variable: memory, SettingKey.argon2Passes.variable: passes])
    #expect(found.isEmpty == isGood)
    #expect(isGood || found[0].contains("12288 KiB with 3 passes, or 19456 KiB with 2 passes"))
  }

  @Test(arguments: [
    (SettingKey.smsLifetime, "5s", true), (.smsLifetime, "4s", false), (.smsLifetime, "600s", true),
    (.smsLifetime, "601s", false), (.smsLifetime, "10", false), (.smsLifetime, "m", false),
    (.smsLifetime, "-5s", false), (.smsLifetime, "９m", false),
    (.smsLifetime, "9999999999999999999999s", false),
    (.argon2Memory, "12288", true), (.argon2Memory, "12287", false), (.argon2Passes, "1", false),
    (.httpPort, "0", true), (.httpPort, "65535", true), (.httpPort, "65536", false),
    (.httpPort, "+80", false), (.mobilePrefixes, "20,30", true), (.mobilePrefixes, "2,30", false),
    (.secretsKey, "c2hvcnQ=", false), (.secretsKey, "not base64!", false),
    (.secretsKey, key, true), (.secretsKey, "\(key),\(key)", true),
    (.databaseURL, "sqlite:x", true), (.databaseURL, "sqlite:", false),
    (.databaseURL, "mysql://x", false), (.httpPublicURL, "https://portal.example", true),
    (.httpPublicURL, "ftp://portal.example", false), (.httpPublicURL, "portal", false),
    (.trustedProxies, "127.0.0.1, ::1", true), (.trustedProxies, "localhost", false),
    (.portalPaths, "/portal/, /iratok/", true), (.portalPaths, "/portal", false),
    (.portalKey, Self.key, true), (.portalKey, "a2V5", false),
    (.callerProofFor, "10m", true), (.callerProofFor, "599s", false),
    (.callerProofFor, "60m", true), (.callerProofFor, "61m", false),
    (.consentLifetime, "1h", true), (.consentLifetime, "3599s", false),
    (.consentLifetime, "168h", true), (.consentLifetime, "604801s", false),
    (.stepUpAfter, "1m", true), (.stepUpAfter, "59s", false),
    (.stepUpFor, "1h", true), (.stepUpFor, "61m", false),
    (.tracesURL, "http://127.0.0.1:4318/v1/traces", true), (.tracesURL, "127.0.0.1:4318", false),
    (.tracesShare, "0", true), (.tracesShare, "100", true), (.tracesShare, "101", false),
  ])
  func `each value is checked at both sides of its range`(
    key: SettingKey, value: String, isGood: Bool
  ) async throws {
    let found = try await problems(in: [key.variable: value])
    #expect(found.isEmpty == isGood)
  }

  @Test func `the reference page tells of every key`() async throws {
    let page = SettingsReference.page
    let file = Repository.file("docs/configuration.md")
    if ProcessInfo.processInfo.environment["BELEPO_UPDATE"] != nil {
      try page.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == page)
  }

  // MARK: The tests' own

  private func problems(
    in environment: [String: String], file: String? = nil, isServing: Bool = false
  ) async throws -> [String] {
    do {
      _ = try await Settings.load(environment: environment, file: file, isServing: isServing)
      return []
    } catch let invalid as Settings.Invalid {
      return invalid.problems
    }
  }

  private func example(of key: SettingKey) -> String {
    switch key.setting.form {
    case .text: "something"
    case .port: "4321"
    case .file: #filePath
    case .url: "https://portal.example"
    case .address: "portal@pelda.example"
    case .database: "sqlite:/tmp/other.sqlite"
    case .keys: Self.key
    case .choice(let words): words[0]
    // The fewest passes are too few for the memory that is the default.
    case .count(let range) where key == .argon2Passes: String(range.upperBound)
    case .count(let range): String(range.lowerBound)
    case .duration(let range): "\(range.upperBound)s"
    case .paths: "/portal/"
    case .prefixes: "20"
    case .addresses: "10.0.0.1"
    }
  }

  private func temporary(_ text: String) throws -> String {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("belepo-\(UUID().uuidString).yaml")
    try text.write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }
}

/// The repository's own files.
enum Repository {
  static func file(_ path: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent(path)
  }
}
