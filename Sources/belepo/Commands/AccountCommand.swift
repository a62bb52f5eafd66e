internal import Accounts
internal import ArgumentParser
internal import Domain
internal import Foundation

struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "Help for a customer who got stuck, and customers' data.",
    subcommands: [
      Show.self, Lock.self, Unlock.self, EndSessions.self, Requests.self, Export.self,
      Erase.self, Erasures.self,
    ])

  struct EndSessions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Log a customer out everywhere, or everybody.")

    @Argument(help: "A customer, policy or case number.") var number: String?
    @Flag(help: "Everybody's.") var all = false
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func validate() throws {
      guard (number != nil) != all else {
        throw ValidationError("Give a customer number, or --all.")
      }
    }

    func run() async throws {
      try await reporting {
        let settings = try await configuration.load()
        let database = try await settings.openCurrentDatabase()
        let callCentre = CallCentre(
          world: try await settings.worldOfStaff(database), act: try staff.act)
        guard let number else {
          StandardOutput.write("ended: \(try await callCentre.endEverySession())\n")
          return
        }
        let customer = try await CustomerNumber(argument: number, in: database.store)
        guard let count = try await callCentre.endSessions(of: customer) else {
          throw Failure("There is no account under this number.")
        }
        StandardOutput.write("ended: \(count)\n")
      }
    }
  }
}
