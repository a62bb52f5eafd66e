internal import Accounts
internal import ArgumentParser
internal import Domain
internal import Foundation

struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "Help for a customer who got stuck, and customers' data.",
    subcommands: [
      Show.self, Unlock.self, EndSessions.self, Requests.self, Export.self, Erase.self,
      Erasures.self,
    ])

  struct Unlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Re-enable the SMS step of a customer whom the call centre has identified.")

    @Argument(help: "The customer number.") var number: String
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let customer = try CustomerNumber(argument: number)
        let store = try await configuration.load().openCurrentDatabase().store
        let wasDisabled = try await CallCentre(store: store, now: { Date() })
          .enableSMSStep(of: customer)
        StandardOutput.write(wasDisabled ? "enabled\n" : "was not disabled; count reset\n")
      }
    }
  }

  struct EndSessions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Log a customer out everywhere, or everybody.",
      discussion: """
        After a backup was restored: belepo account end-sessions --all
        The backup has brought back logins that had ended since.
        """)

    @Argument(help: "The customer number.") var number: String?
    @Flag(help: "Everybody's.") var all = false
    @OptionGroup var configuration: ConfigurationOption

    func validate() throws {
      guard (number != nil) != all else {
        throw ValidationError("Give a customer number, or --all.")
      }
    }

    func run() async throws {
      try await reporting {
        let customer = try number.map(CustomerNumber.init(argument:))
        let store = try await configuration.load().openCurrentDatabase().store
        let callCentre = CallCentre(store: store, now: { Date() })
        guard let customer else {
          StandardOutput.write("ended: \(try await callCentre.endEverySession())\n")
          return
        }
        guard let count = try await callCentre.endSessions(of: customer) else {
          throw Failure("There is no account under this number.")
        }
        StandardOutput.write("ended: \(count)\n")
      }
    }
  }
}
