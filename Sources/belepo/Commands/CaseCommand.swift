internal import Accounts
internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Wording

struct CaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "case", abstract: "What a caller met, by any number that the caller knows.",
    subcommands: [Show.self])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a case, masked: the reason, what to say, what happened.",
      discussion: "Example: belepo case show K7M2-4XQP --format json")

    @Argument(help: "A case, policy or customer number.") var number: String
    @Option(help: "text or json.") var format = ReportFormat.text
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let settings = try await configuration.load()
        let database = try await settings.openCurrentDatabase()
        let files = CaseFiles(world: try await settings.worldOfStaff(database))
        guard let file = try await files.file(numbered: number, by: try staff.act) else {
          throw Failure(
            "Neither the register, an account nor a page of the last months knows this number.")
        }
        StandardOutput.write(try file.written(format, settings))
      }
    }
  }
}

extension CaseFile {
  /// In English, as all that commands print.
  func written(_ format: ReportFormat, _ settings: Settings) throws -> String {
    let texts = try settings.loadBrand().texts(in: .english)
    return switch format {
    case .text: text(in: texts)
    case .json: try json(in: texts)
    }
  }
}
