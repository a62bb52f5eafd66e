import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// Who steals the database gets neither a code nor a way into anybody's browser (attack 14).
struct SecretsAtRestTests {
  /// A run from the first page to the confirmed address, with every secret of it.
  private func run(on stage: Stage) async throws -> [String] {
    var tokens = [try await stage.identified(.anna)]
    var codes = [try await stage.smsCode()]
    tokens.append(try #require(try await stage.answer(codes[0].suffix(5), in: tokens[0]).newToken))
    _ = try await stage.registrations.give(stage.contact("anna@pelda.hu"), in: tokens[1])
    _ = try await stage.registrations.choosePassword(Stage.password, in: tokens[1])
    tokens.append(try #require(try await stage.logIn("anna@pelda.hu").token))
    let account = try #require(try await stage.sessions.resume(tokens[2]))
    codes.append(try await stage.emailCode())
    _ = try await stage.confirm(codes[1], of: account)
    // Another one under way: a code that is still good.
    tokens.append(try await stage.identified(.peter))
    codes.append(try await stage.smsCode())
    return codes.map { String($0.suffix(5)) } + tokens.map { $0.reveal() } + [Stage.password]
  }

  @Test func `no table holds a code, a token or a password`() async throws {
    let stage = try await Stage()
    let secrets = try await run(on: stage)
    // Bytes are shown as hexadecimal digits.
    let rows = try await stage.contents().values.flatMap(\.self).map { $0.lowercased() }
    for secret in secrets {
      let words = rows.flatMap { row in
        row.split { !$0.isLetter && !$0.isNumber }.map(String.init)
      }
      #expect(!words.contains(secret.lowercased()))
      if secret.count > 5 { #expect(!rows.contains { $0.contains(secret.lowercased()) }) }
    }
  }

  @Test func `what was sent is forgotten in the queue`() async throws {
    let stage = try await Stage()
    _ = try await run(on: stage)
    #expect(
      try await stage.number(
        "SELECT COUNT(*) AS number FROM message WHERE state = 'sent' AND body IS NULL") == 5)
    #expect(try await stage.number("SELECT COUNT(body) AS number FROM message") == 0)
  }

  @Test func `the file itself holds no code, no token and no password when the server has stopped`()
    async throws
  {
    try await ScratchFolder.use { file in
      let stage = try await Stage(file: file)
      var secrets = try await run(on: stage)
      // The whole texts, too: deleted is not the same as gone.
      secrets += stage.catcher.messages.filter { $0.channel == .sms }.map(\.text)
      try stage.store.close()
      let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        let bytes = try Data(contentsOf: folder.appendingPathComponent(name))
        for secret in secrets where secret.utf8.count > 5 {
          #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name)")
        }
      }
    }
  }

  @Test func `two hashes of one password differ`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    #expect(
      try await stage.number("SELECT COUNT(DISTINCT password_hash) AS number FROM account") == 2)
  }
}
