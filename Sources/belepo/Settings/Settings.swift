internal import Configuration
internal import Foundation
internal import SystemPackage
internal import Wording
internal import Yams

/// The configuration, checked as a whole: environment over file over default, each value with its
/// source.
struct Settings {
  struct Value {
    let text: String
    let source: String
  }

  /// Everything that is wrong, a sentence each.
  struct Invalid: Error {
    let problems: [String]
  }

  private let values: [SettingKey: Value]
  /// Keys whose variable is set beside the one that names a file.
  private(set) var setTwice: [SettingKey] = []

  /// - Parameters:
  ///   - environment: variables such as `BELEPO_HTTP_PORT`, or `BELEPO_SECRETS_KEY_FILE` for a
  ///     secret in a file
  ///   - file: a YAML file; without it `BELEPO_CONFIG` names one, or there is none
  ///   - isServing: whether to require what `serve` outside the demo needs
  /// - Throws: ``Invalid`` with all problems at once.
  static func load(
    environment: [String: String], file: String?, isServing: Bool
  ) async throws -> Settings {
    var sources = Sources()
    try await sources.read(environment: environment, file: file ?? environment["BELEPO_CONFIG"])
    var problems = sources.problems
    var values: [SettingKey: Value] = [:]
    for key in SettingKey.allCases {
      let setting = key.setting
      let value =
        sources.value(of: key)
        ?? setting.initial.map { Value(text: $0, source: "default") }
      guard let value else {
        if setting.isRequired && isServing {
          problems.append("\(key.rawValue) is missing: \(setting.meaning).")
        }
        continue
      }
      if let problem = setting.form.problem(with: value.text) {
        problems.append("\(key.rawValue) (\(value.source)) \(problem).")
      }
      values[key] = value
    }
    let settings = Settings(values: values, setTwice: sources.setTwice)
    if let problem = settings.hashingProblem { problems.append(problem) }
    if isServing { problems += settings.messageProblems + settings.traceProblems }
    guard problems.isEmpty else { throw Invalid(problems: problems) }
    return settings
  }

  subscript(_ key: SettingKey) -> Value? { values[key] }

  /// Whether somebody has set the key.
  func isSet(_ key: SettingKey) -> Bool {
    values[key].map { $0.source != "default" } ?? false
  }

  /// The same settings with another default for a key.
  func replacing(_ key: SettingKey, initial: String) -> Settings {
    guard !isSet(key) else { return self }
    var values = values
    values[key] = Value(text: initial, source: "default")
    return Settings(values: values, setTwice: setTwice)
  }

  func text(_ key: SettingKey) -> String? { values[key]?.text }

  /// The value of a key that has a default, and was checked when loaded.
  func checkedText(_ key: SettingKey) -> String { values[key]?.text ?? key.setting.initial ?? "" }

  func count(_ key: SettingKey) -> Int {
    Setting.number(checkedText(key), in: 0...Int(Int32.max)) ?? 0
  }

  func seconds(_ key: SettingKey) -> Int {
    Setting.seconds(checkedText(key), in: 0...Int(Int32.max)) ?? 0
  }
}

/// Where values come from.
private struct Sources {
  private var environment: ConfigReader?
  private var file: ConfigReader?
  private var fileName = ""
  private var secrets: [SettingKey: Settings.Value] = [:]
  private(set) var setTwice: [SettingKey] = []
  private(set) var problems: [String] = []

  mutating func read(environment variables: [String: String], file path: String?) async throws {
    let own = variables.filter { $0.key.hasPrefix("BELEPO_") }
    environment = ConfigReader(
      provider: EnvironmentVariablesProvider(environmentVariables: own))
    checkNames(of: own)
    readSecretFiles(own)
    if let path { await read(file: path) }
  }

  func value(of key: SettingKey) -> Settings.Value? {
    let isSecret = key.setting.isSecret
    if let text = environment?.string(
      forKey: ConfigKey("belepo.\(key.rawValue)"), isSecret: isSecret)
    {
      return .init(text: text, source: "environment \(key.variable)")
    }
    if let secret = secrets[key] { return secret }
    guard let file else { return nil }
    let name = ConfigKey(key.rawValue)
    let text =
      file.string(forKey: name, isSecret: isSecret)
      ?? file.stringArray(forKey: name, isSecret: isSecret)?.joined(separator: ",")
    return text.map { .init(text: $0, source: fileName) }
  }

  private mutating func checkNames(of variables: [String: String]) {
    let known = Set(SettingKey.allCases.flatMap { [$0.variable, $0.variable + "_FILE"] })
    for name in variables.keys.sorted() where !known.contains(name) && name != "BELEPO_CONFIG" {
      problems.append("\(name) in the environment is no key of the configuration.")
    }
  }

  private mutating func readSecretFiles(_ variables: [String: String]) {
    for key in SettingKey.allCases {
      guard let path = variables[key.variable + "_FILE"] else { continue }
      if variables[key.variable] != nil { setTwice.append(key) }
      do throws(TextFile.Unreadable) {
        guard let text = try TextFile(path).text() else {
          problems.append("\(key.variable)_FILE: there is no file \(path).")
          continue
        }
        secrets[key] = .init(
          text: text.trimmingCharacters(in: .whitespacesAndNewlines),
          source: "file named by \(key.variable)_FILE")
      } catch {
        problems.append("\(key.variable)_FILE: \(path): \(error)")
      }
    }
  }

  private mutating func read(file path: String) async {
    fileName = path
    do {
      guard let text = try TextFile(path).text() else {
        problems.append("There is no file \(path).")
        return
      }
      file = ConfigReader(provider: try await FileProvider<YAMLSnapshot>(filePath: FilePath(path)))
      let known = Set(SettingKey.allCases.map(\.rawValue))
      for name in Sources.names(in: try Yams.compose(yaml: text)).sorted()
      where !known.contains(name) {
        problems.append("\(path): \(name) is no key of the configuration.\(nearest(to: name))")
      }
    } catch let unreadable as TextFile.Unreadable {
      problems.append("\(path): \(unreadable)")
    } catch {
      problems.append("\(path) cannot be read: \(error)")
    }
  }

  /// The dotted names of all values in a file.
  private static func names(in node: Yams.Node?, below prefix: String = "") -> [String] {
    guard case .mapping(let mapping) = node else { return prefix.isEmpty ? [] : [prefix] }
    return mapping.flatMap { key, value in
      names(in: value, below: (prefix.isEmpty ? "" : prefix + ".") + (key.string ?? "?"))
    }
  }

  /// A suggestion for the key that was perhaps meant.
  private func nearest(to name: String) -> String {
    let last = name.split(separator: ".").last.map(String.init)?.lowercased() ?? ""
    let meant = SettingKey.allCases.first {
      $0.rawValue.lowercased() == name.lowercased()
        || $0.rawValue.lowercased().hasSuffix(".\(last)")
    }
    return meant.map { " Was \($0.rawValue) meant?" } ?? ""
  }
}

extension SettingKey {
  /// The variable that overrides the key: `BELEPO_HTTP_PUBLIC_URL` for `http.publicURL`.
  var variable: String {
    var name = "BELEPO_"
    var isAfterLowerCase = false
    for character in rawValue {
      if character == "." {
        name += "_"
      } else {
        if isAfterLowerCase && character.isUppercase { name += "_" }
        name += character.uppercased()
      }
      isAfterLowerCase = character.isLowercase
    }
    return name
  }
}
