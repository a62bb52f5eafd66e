internal import Accounts
internal import ArgumentParser
internal import Domain
internal import Foundation

struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "Help for a customer who got stuck, and customers' data.",
    subcommands: [
      Show.self, Unlock.self, Requests.self, Export.self, Erase.self, Erasures.self,
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
}
