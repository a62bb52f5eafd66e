/// The reference page of the configuration, generated from the keys themselves.
enum SettingsReference {
  static var page: String {
    let rows = SettingKey.allCases.map { key -> String in
      let setting = key.setting
      let initial =
        setting.initial.map { "`\($0)`" } ?? (setting.isRequired ? "required outside demo" : "none")
      let secret = setting.isSecret ? " Secret." : ""
      return "| `\(key.rawValue)` | `\(key.variable)` | \(setting.form.range) | \(initial) "
        + "| \(setting.meaning).\(secret) |"
    }
    return """
      # Configuration

      One YAML file (`--config`, else `BELEPO_CONFIG`); each key is overridden by its variable in
      the environment. With `_FILE` behind it, a variable names a file that holds the value. Unknown
      keys are errors. `belepo config check` tells all that is wrong at once, `belepo config print`
      shows each value with its source. Times are written like `90s`, `10m`, `24h`,
      `30d`. `docs/rules.md` explains marks such as (D 1).

      | key | variable | range | default | meaning |
      | --- | --- | --- | --- | --- |
      \(rows.joined(separator: "\n"))

      """
  }
}

extension Setting.Form {
  fileprivate var range: String {
    switch self {
    case .text: "text"
    case .port: "0 to 65535"
    case .url: "http or https address"
    case .file: "file"
    case .address: "e-mail address"
    case .database: "`sqlite:` and a path, or `postgresql://…`"
    case .keys: "base64, separated by commas"
    case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .count(let range): "\(range.lowerBound) to \(range.upperBound)"
    case .duration(let range): "\(range.lowerBound)s to \(range.upperBound)s"
    case .paths: "paths"
    case .prefixes: "two digits each, separated by commas"
    case .addresses: "IP addresses, separated by commas"
    }
  }
}
