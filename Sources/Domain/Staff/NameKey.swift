/// A name as it is searched for: «Kovács Éva» and «kovacs eva» are the same.
///
/// The database folds the names of the register by the same table, in an index of their own, so
/// that an import stores each name once.
package struct NameKey: Hashable, Sendable {
  /// The letters that lose their marks. Both rows have the same length.
  package static let accented = "ÁÉÍÓÖŐÚÜŰÄáéíóöőúüűä"
  package static let plain = "AEIOOOUUUAaeiooouuua"

  /// Shorter beginnings would find everybody.
  package static let shortest = 3

  package let text: String

  /// - Returns: `nil` when too little was typed
  package init?(_ typed: String) {
    guard typed.utf8.count <= 200 else { return nil }
    let table = Dictionary(zip(Self.accented, Self.plain)) { first, _ in first }
    let words = typed.split { $0.isWhitespace }
    let folded = words.map { word in
      String(word.map { table[$0] ?? $0 }).asciiLowerCased
    }.joined(separator: " ")
    guard folded.count >= Self.shortest, folded.contains(where: \.isLetter) else { return nil }
    text = folded
  }
}

extension String {
  /// As both databases do it: a locale's own rules would make other letters of the same name.
  fileprivate var asciiLowerCased: String {
    String(decoding: utf8.map(\.lowerCased), as: UTF8.self)
  }
}
