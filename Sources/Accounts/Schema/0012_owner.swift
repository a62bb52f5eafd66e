package import Persistence

extension Schema {
  /// Accounts that follow the register, locks by staff, and codes that several browsers of one
  /// user name share.
  ///
  /// A row of `recovery` keeps its account when it is killed, so that an erasure finds it; a row
  /// without an account is a decoy. Older programs still work on this schema: each new column has
  /// a default.
  package static let owner = Migration(12, "owner", oldestProgram: 6) { types in
    """
    ALTER TABLE account ADD COLUMN absent_imports \(types.integer) NOT NULL DEFAULT 0;
    CREATE INDEX account_absent ON account (id) WHERE absent_imports > 0;

    CREATE TABLE renumbering (
      account_id \(types.integer) NOT NULL REFERENCES account (id),
      old_customer_number TEXT NOT NULL,
      at \(types.integer) NOT NULL,
      PRIMARY KEY (account_id, old_customer_number)
    ) \(types.strict);

    CREATE INDEX renumbering_from ON renumbering (old_customer_number);

    CREATE TABLE account_lock (
      id \(types.identity),
      account_id \(types.integer) NOT NULL REFERENCES account (id),
      kind TEXT NOT NULL CHECK (kind IN ('staff', 'new_proof')),
      reason TEXT NOT NULL,
      locked_by TEXT NOT NULL,
      locked_at \(types.integer) NOT NULL,
      ended_at \(types.integer),
      ended_by TEXT,
      end_reason TEXT,
      CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
      CHECK ((ended_at IS NULL) = (end_reason IS NULL))
    ) \(types.strict);

    CREATE UNIQUE INDEX account_lock_in_force ON account_lock (account_id)
      WHERE ended_at IS NULL;
    CREATE INDEX account_lock_of_account ON account_lock (account_id, id);

    DROP INDEX recovery_of_account;
    ALTER TABLE recovery ADD COLUMN purpose TEXT NOT NULL DEFAULT 'password'
      CHECK (purpose IN ('password', 'login'));
    ALTER TABLE recovery ADD COLUMN user_name_hash \(types.bytes);
    ALTER TABLE recovery ADD COLUMN killed_at \(types.integer);
    ALTER TABLE recovery ADD COLUMN password_mark \(types.bytes);
    CREATE INDEX recovery_of_account ON recovery (account_id) WHERE account_id IS NOT NULL;
    CREATE INDEX recovery_of_user_name ON recovery (user_name_hash, purpose, id);

    CREATE INDEX audit_event_of_case ON audit_event (detail) WHERE kind = 'login_held';
    """
  }
}
