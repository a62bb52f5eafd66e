internal import TestSupport

/// Regular expressions, and who may make one.
///
/// Swift builds a pattern anew wherever it stands, and a match walks it step by step: half of the
/// processor's time once went there. What runs for each message or request reads bytes instead.
enum PatternRules {
  /// What is read when the program starts, or by a command.
  static let places: Set<String> = [
    // The form of letters, and the portal's address in them.
    "Sources/Letters/LetterFile.swift",
    // An operator's pattern of a request to a gateway.
    "Sources/SMSGateways/RequestTemplate.swift",
    // The sender of SMS.
    "Sources/belepo/Settings/Settings+messages.swift",
  ]

  static func faults(in file: Repository.File) -> [Fault] {
    guard file.path.hasPrefix("Sources/"), !places.contains(file.path) else { return [] }
    return makers(in: file).map { line, words in
      Fault(
        file: file.path, line: line,
        words: "«\(words)»; read bytes, or name the file in PatternRules and say when it runs")
    }
  }

  /// The lines that make a regular expression, or ask Foundation to.
  static func makers(in file: Repository.File) -> [(line: Int, words: String)] {
    let calls = #/\bRegex\b|\bRegexBuilder\b|\bNSRegularExpression\b|\.regularExpression\b/#
    let code = SwiftCode(file.text).lines.enumerated().compactMap { place, line in
      line.firstMatch(of: calls).map { (place + 1, String($0.output)) }
    }
    return code + SwiftCode.patterns(in: file.text).map { ($0, "a pattern between slashes") }
  }
}
