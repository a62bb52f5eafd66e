/// A name as it is searched for: «Kovács Éva» and «kovacs eva» are the same, and so are «İpek
/// Weiß» and «ipek weiss».
///
/// The register has an index of its own for its names as they are folded (``stored(of:)``). That
/// index knows Hungarian letters. Any other one stands in it as it is written,
/// so a name with such letters is found at the place of the first of them (``parts``), and compared
/// by the same rule as what was typed.
package struct NameKey: Hashable, Sendable {
  /// The letters that lose their marks in the index, each two bytes of UTF-8; both rows have the
  /// same length. Steps of the schema hold them: with another letter, the index would have to be
  /// built anew.
  package static let accented = "ÁÉÍÓÖŐÚÜŰÄáéíóöőúüűä"
  package static let plain = "AEIOOOUUUAaeiooouuua"

  /// Letters of other Latin alphabets, and what stands for them on a keyboard without them.
  private static let others: [(plain: String, letters: String)] = [
    ("a", "ÀÂÃÅĀĂĄàâãåāăą"), ("ae", "Ææ"), ("c", "ÇĆĈĊČçćĉċč"), ("d", "ĎĐÐďđð"),
    ("e", "ÈÊËĒĔĖĘĚèêëēĕėęě"), ("ff", "ﬀ"), ("fi", "ﬁ"), ("fl", "ﬂ"), ("g", "ĜĞĠĢĝğġģ"),
    ("h", "ĤĦĥħ"), ("i", "ÌÎÏĨĪĬĮİìîïĩīĭįıi\u{307}"), ("j", "Ĵĵ"), ("k", "Ķķ"),
    ("l", "ĹĻĽŁĺļľł"), ("n", "ÑŃŅŇñńņň"), ("o", "ÒÔÕØŌŎòôõøōŏ"), ("oe", "Œœ"), ("r", "ŔŖŘŕŗř"),
    ("s", "ŚŜŞŠȘśŝşšș"), ("ss", "ẞß"), ("t", "ŢŤŦȚţťŧț"), ("th", "Þþ"),
    ("u", "ÙÛŨŪŬŮŲùûũūŭůų"), ("w", "Ŵŵ"), ("y", "ÝŶŸýŷÿ"), ("z", "ŹŻŽźżž"),
  ]

  /// Shorter beginnings would find everybody.
  package static let shortest = 3
  /// A name whose first other letter stands further behind is found by what stands before it.
  private static let furthest = 40

  /// What was typed, without marks and capitals.
  private let text: String
  /// The same as the index has it.
  private let indexed: String

  /// - Returns: `nil` when too little was typed
  package init?(_ typed: String) {
    guard typed.utf8.count <= 200 else { return nil }
    text = Self.folded(typed, by: Self.latin)
    indexed = Self.folded(typed, by: Self.hungarian)
    guard text.count >= Self.shortest, text.contains(where: \.isLetter) else { return nil }
  }

  /// Whether a name begins with what was typed.
  package func begins(_ name: String) -> Bool {
    Self.folded(name, by: Self.latin).utf8.starts(with: text.utf8)
  }

  /// A part of the index, in the order of code points.
  package struct Part: Hashable, Sendable {
    package let low: String
    package let high: String
    /// Whether all names in it begin with what was typed; otherwise some may.
    package let isWhole: Bool
  }

  /// Where names are that begin with what was typed, those without other letters first.
  package var parts: [Part] {
    let letters = Array(text)
    var parts = [Self.part(text, isWhole: true)]
    if indexed != text { parts.append(Self.part(indexed, isWhole: true)) }
    // Too many names begin with any other letter; those with one behind some letters are few.
    for (plain, others) in Self.others where text.utf8.starts(with: plain.utf8) {
      parts += others.map { Self.part(String($0), isWhole: false) }
    }
    // Where a space was typed as well: before it, a name may have a mark that is a character of its
    // own, or a space that does not break.
    for place in 1..<min(letters.count, Self.furthest) {
      let beginning = String(letters[..<place])
      parts.append(Part(low: beginning + "\u{80}", high: Self.end(of: beginning), isWhole: false))
    }
    return parts
  }

  private static func part(_ beginning: String, isWhole: Bool) -> Part {
    Part(low: beginning, high: end(of: beginning), isWhole: isWhole)
  }

  /// Nothing that a name can hold sorts behind the last code point.
  private static func end(of beginning: String) -> String { beginning + "\u{10FFFF}" }

  // MARK: Folding

  /// A name as the index has it, which an import stores beside the name: the engines, which do the
  /// same where it is missing, take as long for it as for the rest of the row.
  ///
  /// - Parameter name: UTF-8; so is the result
  package static func stored(of name: ArraySlice<UInt8>) -> [UInt8] {
    var key: [UInt8] = []
    key.reserveCapacity(name.count)
    for byte in name {
      if let lead = key.last, lead >= 0xC0,
        let plain = plainBytes[UInt16(lead) << 8 | UInt16(byte)]
      {
        key[key.count - 1] = plain
      } else {
        key.append(byte.lowerCased)
      }
    }
    return key
  }

  /// The same for a text.
  package static func stored(of name: String) -> String {
    String(decoding: stored(of: Array(name.utf8)[...]), as: UTF8.self)
  }

  /// Lower letters by the two bytes of those with a mark.
  private static let plainBytes: [UInt16: UInt8] = Dictionary(
    zip(accented, plain.utf8).map { letter, plain in
      (letter.utf8.reduce(0) { $0 << 8 | UInt16($1) }, plain.lowerCased)
    }, uniquingKeysWith: { first, _ in first })

  private static let hungarian: [Character: String] = Dictionary(
    zip(NameKey.accented, NameKey.plain.map { String($0) }), uniquingKeysWith: { first, _ in first }
  )

  private static let latin: [Character: String] = {
    var table = NameKey.hungarian
    for (plain, letters) in NameKey.others {
      for letter in letters { table[letter] = plain }
    }
    return table
  }()

  private static func folded(_ text: String, by table: [Character: String]) -> String {
    text.split { $0.isWhitespace }.map { word in
      word.map { table[$0] ?? String($0) }.joined().asciiLowerCased
    }.joined(separator: " ")
  }
}

extension String {
  /// As both databases do it: a locale's own rules would make other letters of the same name.
  fileprivate var asciiLowerCased: String {
    String(decoding: utf8.map(\.lowerCased), as: UTF8.self)
  }
}
