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
      indexes.map(\.creation) == ["CREATE INDEX shelf_room\n  ON shelf (room, (lower(place)))"])
  }

  @Test(arguments: Dialect.allCases)
  func `customers are found by number of phone, address and name`(dialect: Dialect) {
    let names = Schema.belepo.indexes(on: "register_customer", for: dialect).map(\.name)
    #expect(
      names.sorted() == [
        "register_customer_email", "register_customer_name", "register_customer_sms_number",
      ])
  }
}
