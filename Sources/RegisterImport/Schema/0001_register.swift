package import Persistence

extension Schema {
  /// The replica of the insurer's register.
  ///
  /// Every row belongs to a generation. An import writes a new generation beside the one in use,
  /// and one small update of `register_state` replaces the register as a whole.
  ///
  /// `newest_generation` is the last number that was given to an import, and `import_seen_at` the
  /// last sign of life of that import; it is null while none is running.
  package static let register = Migration(1, "register") { types in
    """
    CREATE TABLE register_state (
      one \(types.integer) PRIMARY KEY CHECK (one = 1),
      generation \(types.integer) NOT NULL,
      imported_at \(types.integer),
      newest_generation \(types.integer) NOT NULL,
      import_seen_at \(types.integer),
      CHECK (generation <= newest_generation)
    ) \(types.strict);

    INSERT INTO register_state (one, generation, imported_at, newest_generation, import_seen_at)
    VALUES (1, 0, NULL, 0, NULL);

    CREATE TABLE register_customer (
      generation \(types.integer) NOT NULL,
      customer_number TEXT NOT NULL CHECK (length(customer_number) = 7),
      name TEXT NOT NULL,
      sms_number TEXT CHECK (sms_number LIKE '+%'),
      email TEXT,
      status TEXT NOT NULL CHECK (status IN ('active', 'blocked', 'deceased', 'closed')),
      PRIMARY KEY (generation, customer_number)
    ) \(types.strict);

    CREATE TABLE register_old_number (
      generation \(types.integer) NOT NULL,
      old_number TEXT NOT NULL,
      customer_number TEXT NOT NULL,
      PRIMARY KEY (generation, old_number, customer_number)
    ) \(types.strict);

    CREATE INDEX register_old_number_of_customer
      ON register_old_number (generation, customer_number, old_number);

    CREATE TABLE register_policy (
      generation \(types.integer) NOT NULL,
      policy_number TEXT NOT NULL,
      written_number TEXT NOT NULL,
      customer_number TEXT NOT NULL,
      product TEXT NOT NULL,
      status TEXT NOT NULL,
      valid_from TEXT,
      valid_to TEXT,
      PRIMARY KEY (generation, policy_number)
    ) \(types.strict);

    CREATE INDEX register_policy_of_customer
      ON register_policy (generation, customer_number);
    """
  }
}
