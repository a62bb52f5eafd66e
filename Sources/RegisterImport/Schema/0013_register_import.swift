package import Persistence

extension Schema {
  /// What was imported, by whom, and with which guards forced; and the last delivery of changes.
  ///
  /// An import reads the register in the order of its keys. Where the locale of a PostgreSQL
  /// database orders text otherwise than by bytes, an index in that order would be of no use.
  package static let registerImport = Migration(
    13, "register_import", oldestProgram: 10
  ) { types in
    """
    ALTER TABLE register_state ADD COLUMN delivery \(types.integer);

    CREATE TABLE register_import (
      number \(types.identity),
      imported_at \(types.integer) NOT NULL,
      person TEXT,
      is_replaced \(types.integer) NOT NULL CHECK (is_replaced IN (0, 1)),
      delivery \(types.integer),
      customers_hash TEXT NOT NULL,
      policies_hash TEXT NOT NULL,
      counts TEXT NOT NULL,
      forced TEXT NOT NULL,
      reason TEXT,
      refusal TEXT,
      CHECK (is_replaced = 1 OR refusal IS NOT NULL)
    ) \(types.strict);
    \(types.dialect == .sqlite ? "" : bytewise)
    """
  }

  private static let bytewise = """
    ALTER TABLE register_customer ALTER COLUMN customer_number TYPE TEXT COLLATE "C";
    ALTER TABLE register_old_number ALTER COLUMN customer_number TYPE TEXT COLLATE "C";
    ALTER TABLE register_old_number ALTER COLUMN old_number TYPE TEXT COLLATE "C";
    ALTER TABLE register_policy ALTER COLUMN policy_number TYPE TEXT COLLATE "C";
    ALTER TABLE register_policy ALTER COLUMN customer_number TYPE TEXT COLLATE "C";
    """
}
