internal import ArgumentParser
internal import Foundation
internal import Letters

struct Config: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The configuration.", subcommands: [Check.self, Print.self])

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check the configuration for `serve` and tell all that is wrong at once.")

    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let settings = try await configuration.load(isServing: true)
        let brand = try settings.loadBrand()
        _ = try Letters(brand: brand, folder: settings.text(.brandDirectory))
        for sentence in try MessageSamples(settings, brand: brand).longTexts() {
          StandardError.write("belepo: \(sentence)\n")
        }
        StandardOutput.write("the configuration is good\n")
      }
    }
  }

  struct Print: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print each key with its value and its source; secrets are redacted.")

    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let settings = try await configuration.load()
        let width = SettingKey.allCases.map(\.rawValue.count).max() ?? 0
        for key in SettingKey.allCases {
          let name = key.rawValue.padding(width)
          let value = settings[key]
          let text =
            key.setting.isSecret && value != nil ? "(redacted)" : value?.shown ?? "(not set)"
          StandardOutput.write("\(name)  \(text)  [\(value?.source ?? "none")]\n")
        }
      }
    }
  }
}

extension Settings.Value {
  /// The value without a password that a database URL may hold.
  fileprivate var shown: String {
    guard let at = text.lastIndex(of: "@"), let scheme = text.range(of: "://"),
      scheme.upperBound <= at
    else { return text }
    return text[..<scheme.upperBound] + "(redacted)" + text[at...]
  }
}

extension String {
  fileprivate func padding(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
