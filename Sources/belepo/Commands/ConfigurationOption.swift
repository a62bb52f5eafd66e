internal import ArgumentParser
internal import Foundation

/// `--config`, which all commands share.
struct ConfigurationOption: ParsableArguments {
  @Option(name: .customLong("config"), help: "The YAML file of the configuration.")
  var file: String?

  func load(isServing: Bool = false) async throws -> Settings {
    try await Settings.load(
      environment: ProcessInfo.processInfo.environment, file: file, isServing: isServing)
  }
}
