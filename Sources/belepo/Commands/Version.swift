internal import ArgumentParser

struct Version: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print the version.")

  /// As the change log has it.
  static let number = "0.1.0"

  func run() async throws {
    StandardOutput.write("belepo \(Version.number)\n")
  }
}
