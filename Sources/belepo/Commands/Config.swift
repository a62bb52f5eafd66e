internal import ArgumentParser
internal import Foundation

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
        try settings.refuseExample(brand)
        _ = try settings.letters(of: brand)
        for sentence in try MessageSamples(settings, brand: brand).longTexts() {
          StandardError.write("belepo: \(sentence)\n")
        }
        for sentence in settings.concerns + settings.concerns(about: brand) {
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
  /// The value without a password that an address may hold, before its host or behind its `?`.
  var shown: String {
    guard let scheme = text.range(of: "://") else { return text }
    let rest = text[scheme.upperBound...]
    let (start, query) = (text[..<scheme.upperBound], rest.firstIndex(of: "?"))
    let at = rest.lastIndex(of: "@")
    // With an @ behind the ?, nobody can tell what belongs to a password.
    if let at, let query, query < at { return start + "(redacted)" }
    let place =
      at.map { "(redacted)" + rest[$0..<(query ?? rest.endIndex)] }
      ?? String(rest[..<(query ?? rest.endIndex)])
    guard let query else { return start + place }
    let parts = rest[query...].dropFirst().split(separator: "&").map { part in
      let name = part.prefix { $0 != "=" }
      let isSecret = (name.removingPercentEncoding ?? "pass").lowercased().contains("pass")
      return isSecret ? name + "=(redacted)" : part
    }
    return start + place + "?" + parts.joined(separator: "&")
  }
}

extension String {
  fileprivate func padding(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
