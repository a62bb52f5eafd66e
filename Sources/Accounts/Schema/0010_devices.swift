package import Persistence

extension Schema {
  /// What a session is used with, and the browsers that each account has been used with.
  ///
  /// `authenticated_at` is when a session last asked for the password; a session of an older
  /// program has none, and was authenticated when it began. Older programs still work on this
  /// schema: each new column has a default.
  package static let devices = Migration(10, "devices", oldestProgram: 6) { types in
    """
    ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
    ALTER TABLE session ADD COLUMN authenticated_at \(types.integer);

    CREATE TABLE known_device (
      token_hash \(types.bytes) NOT NULL,
      account_id \(types.integer) NOT NULL REFERENCES account (id),
      last_seen_at \(types.integer) NOT NULL,
      PRIMARY KEY (token_hash, account_id)
    ) \(types.strict);

    CREATE INDEX known_device_of_account ON known_device (account_id, last_seen_at);
    CREATE INDEX known_device_last_seen_at ON known_device (last_seen_at);
    CREATE INDEX audit_event_of_account ON audit_event (account_id, id)
      WHERE account_id IS NOT NULL;
    """
  }
}
