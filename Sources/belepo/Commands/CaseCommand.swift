internal import Accounts
internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Wording

struct CaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "case", abstract: "What a caller met, by the case number of a page.",
    subcommands: [Show.self])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a case, masked: the reason, what to say, what happened.",
      discussion: "Example: belepo case show K7M2-4XQP --format json")

    @Argument(help: "The case number.") var number: String
    @Option(help: "text or json.") var format = ReportFormat.text
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        guard let number = CaseNumber(number) else {
          throw Failure("A case number has eight letters and digits.", .badData)
        }
        let settings = try await configuration.load()
        let database = try await settings.openCurrentDatabase()
        let files = CaseFiles(world: try await settings.worldOfStaff(database))
        guard let file = try await files.file(number, by: try staff.act) else {
          throw Failure("No page has shown this case number, or it was too long ago.")
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
