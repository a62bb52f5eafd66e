internal import TestSupport

/// Rules for templates that need no rendering.
enum TemplateRules {
  static func faults(in file: Repository.File) -> [Fault] {
    var bans = [
      ("{{{", "{{: everything is escaped"), ("{{&", "{{: everything is escaped"),
      ("<script>", "Assets/site.js"), ("onclick", "Assets/site.js"),
    ]
    // Mail programs know no style sheet of ours.
    if !file.path.hasPrefix("Sources/Letters/") { bans.append(("style=", "a class")) }
    return file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .flatMap { place, line in
        bans.filter { line.contains($0.0) }.map { ban, instead in
          Fault(file: file.path, line: place + 1, words: "«\(ban)»; write \(instead)")
        }
      }
  }

  /// Templates that neither the program nor another template names.
  static func orphans(_ templates: [Repository.File], program: [Repository.File]) -> [Fault] {
    templates.filter { template in
      let name = template.name.replacing(".mustache", with: "")
      let isPage = program.contains { $0.text.contains("\"\(name)\"") }
      let isPart = (templates + program).contains {
        $0.text.contains("{{>\(name)}}") || $0.text.contains("{{<\(name)}}")
      }
      return !isPage && !isPart
    }
    .map { Fault(file: $0.path, line: 1, words: "no page has this template") }
  }
}
