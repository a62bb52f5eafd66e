internal import TestSupport

/// Functions that are longer than a page of the screen.
enum FunctionLength {
  static let longest = 70

  static func faults(in file: Repository.File, _ code: SwiftCode) -> [Fault] {
    let text = Array(code.text)
    return starts(in: code.text).compactMap { name, offset in
      guard let (open, close) = body(in: text, from: offset) else { return nil }
      let lines = text[offset...close].count { $0 == "\n" } + 1
      guard lines > longest, open <= close else { return nil }
      let line = text[..<offset].count { $0 == "\n" } + 1
      return Fault(
        file: file.path, line: line,
        words: "\(name) has \(lines) lines; at most \(longest)")
    }
  }

  /// Where functions and initialisers begin; a call of `.init(` is none.
  private static func starts(in text: String) -> [(String, Int)] {
    let functions = text.matches(of: #/\bfunc\s+[^\s(<]+/#).map { (String($0.0), $0.range) }
    let initialisers = text.matches(of: #/[\s{]init[?]?\s*[(<]/#).map { ("init", $0.range) }
    return (functions + initialisers).map { name, range in
      // An initialiser is matched with what stands before it.
      let offset = text.distance(from: text.startIndex, to: range.lowerBound)
      return (name, name == "init" ? offset + 1 : offset)
    }
  }

  /// The braces of the body; `nil` for a requirement of a protocol, which has none.
  private static func body(in text: [Character], from start: Int) -> (Int, Int)? {
    var depth = 0
    var place = start
    while place < text.count {
      switch text[place] {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      case "{" where depth == 0: return closing(in: text, from: place).map { (place, $0) }
      case "}" where depth == 0: return nil
      case "\n" where depth == 0 && !goesOn(text, after: place): return nil
      default: break
      }
      place += 1
    }
    return nil
  }

  /// Whether the next line still belongs to the signature.
  private static func goesOn(_ text: [Character], after place: Int) -> Bool {
    let next = text[(place + 1)...].drop { $0 == " " }
    return ["{", "->", "async", "throws", "where", "("].contains { next.starts(with: $0) }
  }

  private static func closing(in text: [Character], from open: Int) -> Int? {
    var depth = 0
    for place in open..<text.count {
      if text[place] == "{" { depth += 1 }
      if text[place] == "}" { depth -= 1 }
      if depth == 0 { return place }
    }
    return nil
  }
}
