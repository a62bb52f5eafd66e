internal import Accounts
internal import ArgumentParser
internal import DatabaseSchema
internal import Foundation
internal import Persistence

struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring the database to this program's schema.", subcommands: [Status.self])

  @OptionGroup var configuration: ConfigurationOption

  func run() async throws {
    try await reporting {
      let store = try await configuration.load().openDatabase().store
      let taken = try await Schema.belepo.migrate(store, at: Date())
      for migration in taken {
        StandardOutput.write("took step \(migration.number) \(migration.name)\n")
      }
      if taken.isEmpty { StandardOutput.write("nothing to do\n") }
    }
  }

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell how the database's schema stands to this program.")

    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let store = try await configuration.load().openDatabase().store
        switch try await Schema.belepo.fit(of: store) {
        case .fits: StandardOutput.write("up to date: \(Schema.belepo.newest)\n")
        case .tooOld(let found, let needed):
          throw Failure("The schema is \(found), \(needed) is needed: belepo migrate")
        case .tooNew(let found, let known):
          throw Failure("The schema is \(found), this program knows \(known).")
        }
      }
    }
  }
}
