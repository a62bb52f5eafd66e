internal import TestSupport

/// Words that stand for a habit we do not have, each with what to write instead.
struct Ban: Sendable {
  let pattern: String
  let instead: String
  /// Folders that the ban is for.
  var folders = ["Sources/", "Tests/"]
  /// The start of paths that may do it, with good reason.
  var except: [String] = []

  private static let program = ["Sources/belepo/"]

  static let all: [Ban] = [
    Ban(pattern: #"\btry!"#, instead: "try, and let the caller know"),
    Ban(pattern: #"\bas!"#, instead: "as? with an answer for nil"),
    Ban(
      pattern: #"(?:^|[^.\w])print\("#, instead: "the logger, or a returned value",
      folders: ["Sources/"], except: program),
    Ban(
      pattern: #"\bDate\(\)|\bDate\.now\b|\bDate\.init\(\)"#, instead: "the world's now()",
      except: program),
    Ban(
      pattern: #"\bUUID\(\)|\.random\(|\.randomElement\(|\.shuffled?\("#,
      instead: "the world's randomBytes", folders: ["Sources/"], except: program),
    Ban(
      pattern: #"\bSystemRandomNumberGenerator\b"#, instead: "the world's randomBytes",
      folders: ["Sources/"], except: program),
    Ban(pattern: #"@unchecked\s+Sendable"#, instead: "a Mutex"),
    Ban(pattern: #"\bnonisolated\(unsafe\)"#, instead: "a Mutex"),
    Ban(pattern: #"@preconcurrency\b"#, instead: "a Sendable type"),
    Ban(pattern: #"\bfatalError\("#, instead: "a precondition with a sentence, or an error"),
    Ban(
      pattern: #"\bassert(ionFailure)?\("#, instead: "precondition: a release must not go on",
      folders: ["Sources/"]),
    Ban(pattern: #"[\w)\]}]!(?!=)"#, instead: "guard let, or ??"),
    Ban(
      pattern: #"\b(Task\.sleep|Thread\.sleep|usleep)\("#,
      instead: "a clock that comes from outside, and an event to wait for"),
    Ban(
      pattern: #"\bpublic\s+(func|struct|class|enum|var|let|init|protocol|actor|import)\b"#,
      instead: "package: there is nothing public", folders: ["Sources/"]),
    Ban(pattern: #"\bNSRegularExpression\b"#, instead: "Regex, or a loop over bytes"),
    Ban(
      pattern: #"\bProcessInfo\.processInfo\.environment\b|\bgetenv\("#,
      instead: "a setting", folders: ["Sources/"], except: program),
    Ban(
      pattern:
        #"\b(struct|class|enum|actor|protocol)\s+\w*(Manager|Helpers?|Utils?|Service|Impl)\b"#,
      instead: "a noun of the trade"),
  ]

  func faults(in file: Repository.File, _ code: SwiftCode) throws -> [Fault] {
    guard folders.contains(where: file.path.hasPrefix),
      !except.contains(where: file.path.hasPrefix)
    else { return [] }
    let regex = try Regex(pattern)
    return code.lines.enumerated().compactMap { place, line in
      guard let match = line.firstMatch(of: regex) else { return nil }
      let words = line[match.range]
      return Fault(file: file.path, line: place + 1, words: "«\(words)»; write \(instead)")
    }
  }
}

/// Bans on the text of a file as it stands, comments and all.
enum TextRules {
  /// Split, so that this file does not hold them itself.
  private static let unfinished = ["FIX" + "ME", "TO" + "DO", "XX" + "X", "HA" + "CK"]
  private static let machinePaths = ["home", "root", "Users", "work"].map { "/\($0)/" }

  static func faults(in file: Repository.File) -> [Fault] {
    let isSwift = file.path.hasSuffix(".swift")
    var faults: [Fault] = []
    for (place, line) in file.text.split(
      separator: "\n", omittingEmptySubsequences: false
    ).enumerated() {
      func add(_ words: String) {
        faults.append(Fault(file: file.path, line: place + 1, words: words))
      }
      for word in unfinished where line.contains(word) {
        add("«\(word)»; finish it, or open an issue")
      }
      for path in machinePaths where isMachinePath(path, in: line) {
        add("«\(path)»; a path of one machine")
      }
      // In tests, a literal may be as long as what it holds.
      let mayBeLong = file.path.hasPrefix("Tests/") && line.contains("\"")
      if isSwift, line.count > 100, !mayBeLong { add("\(line.count) columns; at most 100") }
      if line.last?.isWhitespace == true, isSwift { add("spaces at the end") }
      if line.contains("\t"), isSwift { add("a tab; two spaces") }
    }
    return faults
  }

  /// Whether the path begins there, and is not the end of an address or of another path.
  private static func isMachinePath(_ path: String, in line: Substring) -> Bool {
    line.ranges(of: path).contains { range in
      guard range.lowerBound > line.startIndex else { return true }
      let before = line[line.index(before: range.lowerBound)]
      return !before.isLetter && !before.isNumber && !"._-~*})$\\".contains(before)
    }
  }
}
