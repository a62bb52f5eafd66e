internal import Accounts
internal import ArgumentParser
internal import Domain
internal import Foundation

struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "Help for a customer who got stuck.",
    subcommands: [Unlock.self])

  struct Unlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Re-enable the SMS step of a customer whom the call centre has identified.")

    @Argument(help: "The customer number.") var number: String
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        guard let customer = try? CustomerNumber(number) else {
          throw Failure("A customer number has 7 letters and digits.", .badData)
        }
        let store = try await configuration.load().openCurrentDatabase().store
        let wasDisabled = try await CallCentre(store: store, now: { Date() })
          .enableSMSStep(of: customer)
        StandardOutput.write(wasDisabled ? "enabled\n" : "was not disabled; count reset\n")
      }
    }
  }
}
