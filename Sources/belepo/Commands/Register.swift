internal import Accounts
internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Persistence
internal import RegisterImport

struct Register: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The replica of the insurer's register.",
    subcommands: [RegisterImportCommand.self, Show.self, History.self, Generate.self])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what the register has under a customer or policy number, masked.")

    @Argument(help: "A customer number, present or old, or a policy number.") var number: String
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let database = try await configuration.load().openCurrentDatabase()
        let lookup = RegisterLookup(
          store: database.store, now: try await database.clock(), act: try staff.act)
        guard let text = try await lookup.text(for: number) else {
          throw Failure("The register has nothing under this number.")
        }
        StandardOutput.write(text)
      }
    }
  }

  struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the last imports: who, when, which files, with what result.")

    @Option(help: "text or json.") var format = ReportFormat.text
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let store = try await configuration.load().openCurrentDatabase().store
        let records = try await ImportRecord.history(in: store)
        StandardOutput.write(
          format == .json ? try records.json : records.map(\.text).joined(separator: "\n"))
      }
    }
  }

  struct Generate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write files of made-up customers and policies, for tests and measurements.",
      discussion: "The same number and seed always make the same files.")

    @Option(help: "How many customers.") var customers: Int
    @Option(help: "Another seed makes other people.") var seed: UInt64 = 1
    @Option(help: "The folder for customers.csv and policies.csv.") var out: String

    func validate() throws {
      guard GeneratedRegister.sizes.contains(customers) else {
        throw ValidationError(
          "--customers takes a number from 1 to \(GeneratedRegister.sizes.upperBound).")
      }
    }

    func run() async throws {
      try await reporting {
        let register = GeneratedRegister(customers: customers, seed: seed)
        do {
          try FileManager.default.createDirectory(
            atPath: out, withIntermediateDirectories: true)
          try register.writeCustomers(into: "\(out)/customers.csv")
          try register.writePolicies(into: "\(out)/policies.csv")
        } catch let fault as FileFault {
          throw Failure("\(fault)", .unavailable)
        } catch {
          throw Failure("\(out) cannot be made.", .unavailable)
        }
      }
    }
  }
}

/// How a report is written.
enum ReportFormat: String, ExpressibleByArgument {
  case text
  case json
}
