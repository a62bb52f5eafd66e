/// All series of one name; they have one type and are printed together.
struct Family {
  enum Kind: String { case counter, gauge, histogram, summary }

  let name: String
  let type: Kind
  /// By their labels, in the form that ``labels(_:)`` writes.
  var series: [String: any Series] = [:]

  init(_ name: String, _ type: Kind) {
    precondition(Self.isName(name), "no name of a metric: «\(name)»")
    (self.name, self.type) = (name, type)
  }

  func text(help: String?) -> String {
    var text = help.map { "# HELP \(name) \(Self.escaped($0))\n" } ?? ""
    text += "# TYPE \(name) \(type)\n"
    for (labels, series) in series.sorted(by: { $0.key < $1.key }) {
      for line in series.lines {
        let labels = [labels, line.label].filter { !$0.isEmpty }.joined(separator: ",")
        text += name + line.suffix + (labels.isEmpty ? "" : "{\(labels)}")
        text += " \(Self.number(line.value))\n"
      }
    }
    return text
  }

  /// Labels in the order of their names, so that their order does not matter.
  static func labels(_ labels: [(String, String)]) -> String {
    precondition(Set(labels.map(\.0)).count == labels.count, "a label twice: \(labels.map(\.0))")
    return labels.sorted { $0.0 < $1.0 }.map { name, value in
      // `le` and `quantile` belong to the format, names with two underscores to the server.
      precondition(
        isName(name) && !["le", "quantile"].contains(name) && !name.hasPrefix("__"),
        "no name of a label: «\(name)»")
      return "\(name)=\"\(escaped(value, quotes: true))\""
    }.joined(separator: ",")
  }

  /// Letters, digits and underscores, no digit first. Colons are for the server's rules.
  private static func isName(_ text: String) -> Bool {
    func isLetter(_ scalar: Unicode.Scalar) -> Bool {
      "a"..."z" ~= scalar || "A"..."Z" ~= scalar || scalar == "_"
    }
    return text.unicodeScalars.first.map(isLetter) == true
      && text.unicodeScalars.allSatisfy { isLetter($0) || "0"..."9" ~= $0 }
  }

  /// Scalar by scalar: Swift takes a line feed after a carriage return for part of one character.
  private static func escaped(_ text: String, quotes: Bool = false) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += #"\\"#
      case "\n": result += #"\n"#
      case "\"" where quotes: result += #"\""#
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: value).map(String.init) ?? "\(value)"
  }
}
