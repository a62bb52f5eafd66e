internal import Accounts
internal import Foundation
internal import TestSupport
internal import Testing

/// Requests about data, by command.
@Suite(.serialized) struct `The program closes a request about data` {
  @Test func `for a copy, and no request for erasure without erasing`() async throws {
    let file = try Program.folder().path + "/own.sqlite"
    let environment = ["BELEPO_DATABASE_URL": "sqlite:\(file)"]
    let stage = try await Stage(file: file)
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    #expect(try await stage.dataRights.askForCopy(account) == .asked)
    #expect(try await stage.dataRights.askForErasure(account, password: Stage.password) == .asked)
    let requests = try await stage.records.openRequests()
    for request in requests {
      let run = try await Program.run(
        ["account", "requests", "--done", "\(request.id)", "--by", "kovacs.eva"],
        environment: environment)
      switch request.kind {
      case .copy: #expect(run.status == 0 && run.output == "done\n", "\(run.error)")
      case .erasure:
        #expect(run.status == 1 && run.output.isEmpty, "\(run.output)")
        let command = "belepo account erase \(Cast.anna.number)"
        #expect(run.error.contains(command), "\(run.error)")
      }
    }
    #expect(try await stage.records.openRequests().map(\.kind) == [.erasure])
    #expect(try await stage.audited("data_request_done") == 1)

    let erased = try await Program.run(
      ["account", "erase", Cast.anna.number, "--by", "kovacs.eva"], environment: environment)
    #expect(erased.status == 0, "\(erased.error)")
    #expect(try await stage.records.openRequests().isEmpty)
  }
}
