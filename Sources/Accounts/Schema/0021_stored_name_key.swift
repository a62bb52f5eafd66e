internal import Domain
package import Persistence

extension Schema {
  /// A name as staff search for it is stored beside the name: in a register of a million, the index
  /// took longer to fold them than everything else of it.
  ///
  /// Where an older program has stored none, the engine folds the name as before. Searches by name
  /// of such a program read the whole register until it is replaced.
  package static let storedNameKey = Migration(21, "stored_name_key", oldestProgram: 10) { types in
    """
    \(briefly(types.dialect))
    ALTER TABLE register_customer ADD COLUMN name_key TEXT;
    """
  }

  /// A step of its own: whoever has added a column keeps all others from the table until the end.
  package static let nameKeyIndex = Migration(22, "name_key_index", oldestProgram: 10) { types in
    """
    CREATE INDEX register_customer_name_key
      ON register_customer (generation, (\(nameKey(types.dialect))));

    \(briefly(types.dialect))
    DROP INDEX IF EXISTS register_customer_name;
    DROP INDEX IF EXISTS register_customer_folded_name;
    """
  }

  /// Who comes while a step waits for somebody who reads the table long, a backup for example,
  /// waits as well.
  private static func briefly(_ dialect: Dialect) -> String {
    dialect == .sqlite ? "" : "SET LOCAL lock_timeout = '2s';"
  }

  /// A customer's name as staff search for it, as SQL; ``NameKey`` knows in which parts of its
  /// index a name is.
  static func nameKey(_ dialect: Dialect) -> String {
    "COALESCE(name_key, \(foldedName(dialect)))"
  }
}
