package import Persistence

extension Schema {
  /// Forgotten passwords, and when an account was registered again.
  ///
  /// A row without an account is a decoy: no code matches it. Its page looks like any other.
  package static let recovery = Migration(7, "recovery", oldestProgram: 6) { types in
    """
    CREATE TABLE recovery (
      id \(types.identity),
      token_hash \(types.bytes) NOT NULL UNIQUE,
      email TEXT NOT NULL,
      account_id \(types.integer) REFERENCES account (id),
      language TEXT NOT NULL CHECK (language IN ('hu', 'en')),
      expires_at \(types.integer) NOT NULL,
      used_at \(types.integer),
      code_nonce \(types.bytes) NOT NULL,
      code_prefix TEXT NOT NULL,
      code_expires_at \(types.integer) NOT NULL,
      code_sent_at \(types.integer) NOT NULL,
      code_tries_left \(types.integer) NOT NULL CHECK (code_tries_left >= 0),
      CHECK (code_expires_at <= expires_at),
      CHECK (used_at IS NULL OR account_id IS NOT NULL)
    ) \(types.strict);

    CREATE UNIQUE INDEX recovery_of_account ON recovery (account_id)
      WHERE account_id IS NOT NULL AND used_at IS NULL;
    CREATE INDEX recovery_expires_at ON recovery (expires_at);

    ALTER TABLE account ADD COLUMN registered_again_at \(types.integer);
    """
  }
}
