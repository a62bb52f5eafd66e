package import Persistence

extension Schema {
  /// What became of a message after it was handed over, and what a second try must know.
  ///
  /// Older programs still work on this schema: each new column has a default, and states that they
  /// do not know are final ones, which they leave alone.
  package static let messageDelivery = Migration(6, "message_delivery", oldestProgram: 5) { types in
    """
    \(types.dialect == .sqlite ? rebuilt(types) : altered(types))

    CREATE INDEX message_due ON message (channel, priority, next_try_at, id)
      WHERE state IN ('queued', 'leased');
    CREATE INDEX message_in_doubt ON message (channel, next_try_at, id)
      WHERE state = 'leased' OR (state = 'queued' AND unknowns > 0);
    CREATE INDEX message_not_after ON message (channel, not_after)
      WHERE state IN ('queued', 'leased');
    CREATE INDEX message_in_series ON message (series, id) WHERE series IS NOT NULL;
    CREATE INDEX audit_event_of_sms_codes ON audit_event (at)
      WHERE kind IN ('sms_sent', 'sms_code_accepted');
    """
  }

  private static let states = """
    'queued', 'leased', 'sent', 'delivered', 'undeliverable', 'expired', 'failed', 'cancelled'
    """

  private static let receipts = "'delivered', 'undeliverable'"

  private static func altered(_ types: ColumnTypes) -> String {
    """
    ALTER TABLE message
      ADD COLUMN series TEXT,
      ADD COLUMN unknowns \(types.integer) NOT NULL DEFAULT 0 CHECK (unknowns >= 0),
      ADD COLUMN gateway TEXT,
      ADD COLUMN receipt TEXT CHECK (receipt IN (\(receipts))),
      ADD COLUMN receipt_at \(types.integer),
      ADD COLUMN contract_version TEXT,
      DROP CONSTRAINT message_state_check,
      ADD CONSTRAINT message_state_check CHECK (state IN (\(states)));
    DROP INDEX message_due;
    """
  }

  /// SQLite cannot change a table's constraints, so the table is made anew.
  private static func rebuilt(_ types: ColumnTypes) -> String {
    let kept = """
      id, key, kind, channel, recipient, language, subject, body, customer_number, priority, state,
      created_at, not_after, next_try_at, tries, lease_token, sent_at, problem
      """
    return """
      CREATE TABLE message_rebuilt (
        id \(types.identity),
        key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
        recipient TEXT NOT NULL,
        language TEXT NOT NULL CHECK (language IN ('hu', 'en')),
        subject TEXT NOT NULL,
        body TEXT,
        customer_number TEXT NOT NULL,
        priority \(types.integer) NOT NULL,
        state TEXT NOT NULL CHECK (state IN (\(states))),
        created_at \(types.integer) NOT NULL,
        not_after \(types.integer) NOT NULL,
        next_try_at \(types.integer) NOT NULL,
        tries \(types.integer) NOT NULL CHECK (tries >= 0),
        lease_token \(types.bytes),
        sent_at \(types.integer),
        problem TEXT,
        series TEXT,
        unknowns \(types.integer) NOT NULL DEFAULT 0 CHECK (unknowns >= 0),
        gateway TEXT,
        receipt TEXT CHECK (receipt IN (\(receipts))),
        receipt_at \(types.integer),
        contract_version TEXT,
        CHECK ((state = 'leased') = (lease_token IS NOT NULL)),
        CHECK (state NOT IN ('queued', 'leased') OR body IS NOT NULL)
      ) \(types.strict);
      INSERT INTO message_rebuilt (\(kept)) SELECT \(kept) FROM message ORDER BY id;
      DROP TABLE message;
      ALTER TABLE message_rebuilt RENAME TO message;

      CREATE INDEX message_to_recipient ON message (recipient, created_at);
      CREATE INDEX message_created_at ON message (created_at);
      CREATE INDEX message_for_customer ON message (customer_number, created_at);
      """
  }
}
