package import Persistence

extension Schema {
  /// Numbers of the register that identify nobody, because a file gave them to several; and when
  /// the insurer's own service was last asked about whom, where it is asked.
  package static let registerDelivery = Migration(
    14, "register_delivery", oldestProgram: 10
  ) { types in
    """
    CREATE TABLE register_contested (
      generation \(types.integer) NOT NULL,
      number TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('customer', 'policy')),
      PRIMARY KEY (generation, number, kind)
    ) \(types.strict);

    CREATE TABLE register_copy (
      customer_number TEXT NOT NULL PRIMARY KEY,
      asked_at \(types.integer) NOT NULL
    ) \(types.strict);

    CREATE INDEX register_copy_asked ON register_copy (asked_at);
    """
  }
}
