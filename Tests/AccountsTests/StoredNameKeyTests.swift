import Domain
import Persistence
import TestSupport
import Testing

@testable import Accounts

/// A name is folded by an import, or by the engine where an older program has stored none; both
/// must make the same of it, or staff would not find some people.
struct StoredNameKeyTests {
  private static let names: [String] = {
    let letters = (0x20...0x24F).compactMap { Unicode.Scalar($0) }.map { String(Character($0)) }
    return letters + letters.map { "Ő\($0)á\($0)" }
      + ["", "Őry Özséb", "İpek Şule", "A\u{301}gost", "ẞ", "Ä", "漢字", "🙂Á"]
  }()

  @Test func `what an import stores is what the engine makes of the name`() async throws {
    let store = try await TestStore.migrated()
    let folded = try await store.read { transaction in
      let key = Query(stringLiteral: Schema.foldedName(transaction.dialect))
      return try Self.names.map { name in
        try transaction.row(
          "SELECT \(key) AS key FROM (SELECT CAST(\(name) AS TEXT) AS name) AS one")?
          .value("key", as: String.self)
      }
    }
    for (name, expected) in zip(Self.names, folded) {
      // By bytes: two spellings of a letter are one to Swift.
      #expect(Array(NameKey.stored(of: name).utf8) == expected.map { Array($0.utf8) }, "\(name)")
    }
  }
}
