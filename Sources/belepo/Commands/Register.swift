internal import Accounts
internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Persistence
internal import RegisterImport

struct Register: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The replica of the insurer's register.", subcommands: [Import.self, Show.self])

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Replace the register by two files, as a whole or not at all.",
      discussion:
        "Example: belepo register import --customers customers.csv --policies policies.csv")

    @Option(help: "The customers' CSV file.") var customers: String
    @Option(help: "The policies' CSV file.") var policies: String
    @Flag(help: "Read and compare, but change nothing.") var dryRun = false
    @Option(help: "text or json.") var format = Format.text
    @Option(help: "Refuse files that would remove more of the register than this.")
    var maxDeletePercent: Int = ImportLimits.maxDeletePercent
    @Option(help: "utf-8 or windows-1250.") var encoding = TextEncoding.utf8
    @OptionGroup var configuration: ConfigurationOption

    enum Format: String, ExpressibleByArgument {
      case text
      case json
    }

    func validate() throws {
      guard (0...100).contains(maxDeletePercent) else {
        throw ValidationError("--max-delete-percent takes a number from 0 to 100.")
      }
    }

    func run() async throws {
      try await reporting {
        let store = try await configuration.load().openCurrentDatabase().store
        let options = ImportOptions(
          encoding: encoding, isDryRun: dryRun, maxDeletePercent: maxDeletePercent)
        let report: ImportReport
        do {
          report = try await RegisterReplacement(store: store, now: { Date() }).run(
            customers: FileChunks(path: customers), policies: FileChunks(path: policies),
            options: options)
        } catch let fault as FileFault {
          throw Failure("\(fault)", .unavailable)
        }
        StandardOutput.write(format == .json ? try report.json : report.text)
        if let refusal = report.refusal { throw Failure(refusal.sentence, refusal.status) }
        try store.close()
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what the register has under a customer or policy number, masked.")

    @Argument(help: "A customer number or a policy number.") var number: String
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let store = try await configuration.load().openCurrentDatabase().store
        guard let entry = try await RegisterLookup(store: store).entry(for: number) else {
          throw Failure("The register has nothing under this number.")
        }
        StandardOutput.write(entry.text)
      }
    }
  }
}

extension TextEncoding: ExpressibleByArgument {}

extension ImportRefusal {
  /// Files that cannot be used are bad data; another import at work is worth a wait.
  fileprivate var status: ExitStatus {
    isWorthAnotherTry ? .tryAgain : .badData
  }
}
