import DatabaseSchema
import Persistence
import Testing

/// What the history of the schema tells of a table's indexes.
struct SchemaIndexTests {
  private static let schema = Schema([
    Migration(1, "shelf") { _ in
      """
      CREATE TABLE shelf (room TEXT, place TEXT UNIQUE);
      CREATE INDEX shelf_room ON shelf (room);
      CREATE INDEX shelf_place ON shelf (place);
      CREATE UNIQUE INDEX shelf_one ON shelf (room, place);
      CREATE INDEX book_room ON book (room);
      """
    },
    Migration(2, "shelf_of_place") { _ in
      """
      DROP INDEX shelf_room;
      CREATE INDEX shelf_room
        ON shelf (room, (lower(place)));
      DROP INDEX IF EXISTS shelf_place;
      """
    },
  ])

  @Test func `the last step that makes an index tells what it is`() {
    let indexes = Self.schema.indexes(on: "shelf", for: .sqlite)
    #expect(indexes.map(\.name) == ["shelf_room"])
    #expect(
      indexes.map(\.creation) == [
        "CREATE INDEX IF NOT EXISTS shelf_room\n  ON shelf (room, (lower(place)))"
      ])
  }

  @Test(arguments: Dialect.allCases)
  func `customers are found by number of phone, address and name`(dialect: Dialect) {
    let names = Schema.belepo.indexes(on: "register_customer", for: dialect).map(\.name)
    let folded = dialect == .sqlite ? "" : "folded_"
    #expect(
      names.sorted() == [
        "register_customer_\(folded)email", "register_customer_name_key",
        "register_customer_sms_number",
      ])
  }

  /// A first import does without them, and may have been killed.
  @Test(arguments: Dialect.allCases, ["register_customer", "register_policy"])
  func `a step that drops an index of the register does not ask for its presence`(
    dialect: Dialect, table: String
  ) {
    let statements = Schema.belepo.migrations.flatMap { migration in
      migration.script(for: dialect).split(separator: ";").map { $0.drop(while: \.isWhitespace) }
    }
    let names = statements.compactMap { TableIndex($0, on: table)?.name }
    let drops = statements.filter { statement in
      statement.hasPrefix("DROP INDEX") && names.contains { statement.contains($0) }
    }
    #expect(!names.isEmpty && drops.allSatisfy { $0.hasPrefix("DROP INDEX IF EXISTS ") })
  }
}
