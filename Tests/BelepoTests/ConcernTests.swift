internal import Cryptography
internal import Foundation
internal import Testing

@testable internal import belepo

/// What `config check` and the start say about a configuration that works and is not safe.
@Suite struct `A concern about the configuration` {
  private static let random = "q7tZ0wJx8m3Vb1sYkGfH2uPnR9cLdE5aTiOoXvCyWzM="
  private static let repeating = Data(repeating: 7, count: 32).base64EncodedString()

  /// An installation as it should be.
  private static let good = [
    "BELEPO_HTTP_PUBLIC_URL": "https://portal.biztosito.hu", "BELEPO_SECRETS_KEY": random,
    "BELEPO_SMS_GATEWAY": "kannel", "BELEPO_MAIL_FROM": "portal@biztosito.hu",
    "BELEPO_MAIL_SMTP_HOST": "relay.biztosito.hu",
    "BELEPO_DATABASE_URL": "postgresql://db/belepo?sslmode=verify-full",
    "BELEPO_HTTP_HOST": "0.0.0.0", "BELEPO_HTTP_TRUSTED_PROXIES": "192.0.2.1",
  ]

  private func concerns(_ changes: [String: String]) async throws -> [String] {
    let environment = Self.good.merging(changes) { $1 }.filter { !$1.isEmpty }
    return try await Settings.load(environment: environment, file: nil, isServing: true).concerns
  }

  @Test func `is not raised about an installation as it should be`() async throws {
    #expect(try await concerns([:]) == [])
  }

  @Test(arguments: [
    (["BELEPO_SECRETS_KEY": Data(count: 32).base64EncodedString()], "key 1 of the list"),
    (
      ["BELEPO_SECRETS_KEY": random + "," + Data(repeating: 7, count: 48).base64EncodedString()],
      "key 2 of the list"
    ),
    (
      [
        "BELEPO_PORTAL_KEY": "\(random),\(repeating)", "BELEPO_PORTAL_PATHS": "/portal/",
      ], "portal.key: key 2 of the list"
    ),
    (["BELEPO_SMS_KANNEL_URL": "http://kannel.biztosito.hu/sendsms"], "sms.kannel.url"),
    (["BELEPO_REGISTER_SERVICE_URL": "http://torzs.biztosito.hu/v1"], "register.service.url"),
    (
      [
        "BELEPO_SMS_FALLBACK": "http",
        "BELEPO_SMS_HTTP_BODY": #"{"to":"{number}","text":"{text}","id":"{key}"}"#,
        "BELEPO_SMS_HTTP_URL": "http://api.szolgaltato.hu/{number}",
      ], "sms.http.url"
    ),
    (
      [
        "BELEPO_TRACES_URL": "http://traces.biztosito.hu/v1/traces",
        "BELEPO_TRACES_HEADERS": "Authorization: Bearer abc",
      ], "traces.url"
    ),
    (["BELEPO_MAIL_SMTP_SECURITY": "none"], "mail.smtp.security"),
    (["BELEPO_DATABASE_URL": "postgresql://db/belepo"], "sslmode=verify-full"),
    (["BELEPO_HTTP_PUBLIC_URL": "http://portal.biztosito.hu"], "http.publicURL"),
    (["BELEPO_HTTP_TRUSTED_PROXIES": ""], "http.trustedProxies"),
    (
      [
        "BELEPO_STAFF_PORT": "8081", "BELEPO_STAFF_HOST": "0.0.0.0",
        "BELEPO_STAFF_PUBLIC_URL": "http://munka.biztosito.hu",
      ], "staff.publicURL"
    ),
    (["BELEPO_STAFF_PORT": "8081", "BELEPO_STAFF_HOST": "0.0.0.0"], "staff.publicURL"),
  ])
  func `is told in one sentence that names the key`(
    changes: [String: String], words: String
  ) async throws {
    let found = try await concerns(changes)
    #expect(found.count == 1, "\(found)")
    #expect(found.allSatisfy { $0.contains(words) })
  }

  @Test func `is told when a file is named beside the value`() async throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("belepo-\(UUID().uuidString)")
    try Self.random.write(to: file, atomically: true, encoding: .utf8)
    let found = try await concerns(["BELEPO_SECRETS_KEY_FILE": file.path])
    #expect(
      found == [
        "BELEPO_SECRETS_KEY and BELEPO_SECRETS_KEY_FILE are both set: the file is not used."
      ])
  }

  @Test(arguments: [
    ["BELEPO_SMS_KANNEL_URL": "http://127.0.0.1:13013/cgi-bin/sendsms"],
    ["BELEPO_SMS_KANNEL_URL": "http://[::1]:13013/sendsms"],
    ["BELEPO_SMS_KANNEL_URL": "https://kannel.biztosito.hu/sendsms"],
    ["BELEPO_MAIL_SMTP_SECURITY": "none", "BELEPO_MAIL_SMTP_HOST": "localhost"],
    ["BELEPO_DATABASE_URL": "sqlite:x"], ["BELEPO_DATABASE_URL": "postgresql://127.0.0.1/belepo"],
    ["BELEPO_REGISTER_SERVICE_URL": "http://127.0.0.1:8090/v1"],
    ["BELEPO_REGISTER_SERVICE_URL": "https://torzs.biztosito.hu/v1"],
    ["BELEPO_PORTAL_KEY": random, "BELEPO_PORTAL_PATHS": "/portal/"],
    ["BELEPO_STAFF_PORT": "8081"], ["BELEPO_STAFF_HOST": "0.0.0.0"],
    [
      "BELEPO_STAFF_PORT": "8081", "BELEPO_STAFF_HOST": "0.0.0.0",
      "BELEPO_STAFF_PUBLIC_URL": "https://munka.biztosito.hu",
    ],
    ["BELEPO_HTTP_HOST": "127.0.0.1", "BELEPO_HTTP_TRUSTED_PROXIES": ""],
    ["BELEPO_HTTP_HOST": "::1", "BELEPO_HTTP_PUBLIC_URL": "http://localhost:8080"],
  ])
  func `is not raised about what stays on the machine`(changes: [String: String]) async throws {
    #expect(try await concerns(changes) == [])
  }

  private static let keys: [(bytes: [UInt8], isWeak: Bool)] = [
    ([UInt8](repeating: 0, count: 32), true),
    ((0..<32).map { UInt8($0) }, true),
    (Array("correct horse battery staple, twice over".utf8), true),
    ((0..<64).map { UInt8($0 % 8 * 31) }, true),
    (Array(Data(base64Encoded: random) ?? Data()), false),
  ]

  @Test(arguments: keys)
  func `is raised about a key that nothing random has made`(key: [UInt8], isWeak: Bool) {
    let list = Data(key).base64EncodedString()
    #expect(SecretKeys.weakPlaces(inList: list) == (isWeak ? [1] : []))
  }

  @Test func `is not raised about a random key`() {
    for _ in 1...2000 {
      let key = Data(RandomBytes.system(32)).base64EncodedString()
      #expect(SecretKeys.weakPlaces(inList: key) == [])
    }
  }

  @Test(arguments: [
    ("portal.biztosito.hu", true), ("PORTAL.BIZTOSITO.HU", true), ("localhost", false),
    ("127.0.0.1", false), ("10.1.2.3", false), ("::1", false), ("belepo", false),
    ("portal.example", false), ("portal.test", false), ("www.example.com", false),
    ("belepo.internal", false), ("belepo.local", false),
  ])
  func `distinguishes a public name from a trial's`(host: String, isPublic: Bool) {
    #expect(Settings.isPublicName(host) == isPublic)
  }
}

@Suite struct `A printed address` {
  @Test(arguments: [
    ("sqlite:var/belepo.sqlite", "sqlite:var/belepo.sqlite"),
    ("postgresql://db/belepo?sslmode=require", "postgresql://db/belepo?sslmode=require"),
    ("postgresql://u:secret@db/belepo", "postgresql://(redacted)@db/belepo"),
    (
      "postgresql://db/belepo?user=u&password=secret&sslmode=require",
      "postgresql://db/belepo?user=u&password=(redacted)&sslmode=require"
    ),
    (
      "postgresql://u:secret@db/belepo?sslpassword=secret",
      "postgresql://(redacted)@db/belepo?sslpassword=(redacted)"
    ),
    ("postgresql://db/belepo?pass%77ord=secret", "postgresql://db/belepo?pass%77ord=(redacted)"),
    ("postgresql://db/belepo?PASSWORD=secret", "postgresql://db/belepo?PASSWORD=(redacted)"),
    ("postgresql://db/belepo?password=sec@secret", "postgresql://(redacted)"),
    ("http://kannel/sendsms?password=secret", "http://kannel/sendsms?password=(redacted)"),
  ])
  func `an address is printed without its password`(address: String, shown: String) {
    #expect(Settings.Value(text: address, source: "").shown == shown)
  }
}
