internal import Foundation
internal import Persistence
internal import TestSupport
internal import Testing

/// The call centre's desk without a browser: any number that a caller knows leads to the case.
@Suite(.serialized) struct `The program shows a customer` {
  /// Whatever names Anna in full.
  private static let secrets = ["301234567", "anna.titkos@pelda.hu", Cast.anna.name]

  @Test func `by case, customer and policy number, in words and for programs`() async throws {
    let file = try Program.folder().path + "/own.sqlite"
    let environment = ["BELEPO_DATABASE_URL": "sqlite:\(file)"]
    let stage = try await Stage(file: file)
    _ = try await stage.registered(.anna, email: "anna.titkos@pelda.hu")
    let caseNumber = try #require(
      try await stage.store.read { transaction -> String? in
        try transaction.row("SELECT case_number FROM registration")?.value("case_number")
      })
    for number in [caseNumber, Cast.anna.number, Cast.anna.policy] {
      for command in ["case", "account"] {
        let words = try await Program.run([command, "show", number], environment: environment)
        #expect(words.status == 0 && !words.output.isEmpty, "\(command) \(number) \(words.error)")
        let json = try await Program.run(
          [command, "show", number, "--format", "json"], environment: environment)
        #expect(json.status == 0, "\(command) \(number) \(json.error)")
        let written = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let fields = try #require(written as? [String: Any])
        #expect(fields["account"] as? String == "unconfirmed", "\(command) \(number)")
        #expect((fields["findings"] as? [Any])?.isEmpty == false, "\(command) \(number)")
        for secret in Self.secrets {
          #expect(!words.output.contains(secret), "\(command) \(number)")
          #expect(!json.output.contains(secret), "\(command) \(number)")
        }
      }
    }
    // Each look is a row of the trail.
    #expect(try await stage.audited("case_shown") == 9)
  }

  @Test(arguments: ["K7M2-4XQP", "9999999", "ZZ-9999-000000", "x"])
  func `only where something is known under the number`(number: String) async throws {
    let file = try Program.folder().path + "/own.sqlite"
    _ = try await Stage(file: file)
    let run = try await Program.run(
      ["case", "show", number], environment: ["BELEPO_DATABASE_URL": "sqlite:\(file)"])
    #expect(run.status == 1 && run.error.contains("knows this number"), "\(run.error)")
    #expect(run.output.isEmpty)
  }
}
