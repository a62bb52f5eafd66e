internal import TestSupport

/// Where the program and its templates name sentences.
///
/// A key is a literal such as `"code.expired"`. Nothing else in the sites, the outbox and the
/// accounts looks like one, so that every such literal is taken for a key.
struct KeyUses {
  /// Keys, with the first place that names each.
  private(set) var places: [String: String] = [:]
  /// Keys whose places are filled where they are used, and the names they are filled with.
  private(set) var filled: [(key: String, names: Set<String>, place: String)] = []

  /// The beginnings of the names that OpenTelemetry has, and of ours beside them.
  private static let spanWords = ["belepo.", "http."]

  init() throws {
    let folders = [
      "Accounts", "CustomerSite", "Letters", "Outbox", "Pages", "StaffSite", "Wording",
    ]
    for folder in folders + ["belepo/Commands"] {
      for file in try Repository.files(
        under: "Sources/\(folder)", endingIn: ["swift", "mustache"])
      {
        file.path.hasSuffix(".swift") ? readProgram(file) : readTemplate(file)
      }
    }
  }

  init(program text: String) {
    readProgram(Repository.File(path: "sample.swift", text: text))
  }

  private mutating func readProgram(_ file: Repository.File) {
    let code = file.text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.drop { $0 == " " }.hasPrefix("//") ? "" : $0 }
      .joined(separator: "\n")
    for match in code.matches(of: #/"([a-z][A-Za-z]*(?:\.[a-zA-Z0-9]+)+)"/#) {
      let key = String(match.1)
      let ending = key.split(separator: ".").last ?? ""
      guard !["css", "js", "svg", "yaml", "json", "html", "txt", "webmanifest"].contains(ending)
      else { continue }
      // What the framework calls a request in its logs, and what a span is told with.
      guard key != "hb.request.id", !Self.spanWords.contains(where: key.hasPrefix) else { continue }
      places[key] = places[key] ?? file.path
    }
    for match in code.matches(
      of: #/"([a-z][A-Za-z]*(?:\.[a-zA-Z0-9]+)+)",\s*\[((?:[^\[\]]|\[[^\[\]]*\])*)\]/#)
    {
      let names = match.2.matches(of: #/"([a-zA-Z]+)"\s*:/#).map { String($0.1) }
      guard !names.isEmpty else { continue }
      filled.append((String(match.1), Set(names), file.path))
    }
  }

  private mutating func readTemplate(_ file: Repository.File) {
    for match in file.text.matches(of: #/\[\[([^\]]+)\]\]/#) {
      let key = String(match.1)
      guard !key.hasPrefix("asset:"), !key.hasPrefix("colour:") else { continue }
      places[key] = places[key] ?? file.path
    }
  }
}
