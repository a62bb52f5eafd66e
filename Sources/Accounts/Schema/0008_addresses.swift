package import Persistence

extension Schema {
  /// Where letters go, changes of addresses waiting for their code, those that can still be undone,
  /// and what the back office is to be told.
  package static let addresses = Migration(8, "addresses", oldestProgram: 6) { types in
    """
    CREATE TABLE correspondence_address (
      account_id \(types.integer) PRIMARY KEY REFERENCES account (id),
      email TEXT NOT NULL,
      email_shown TEXT NOT NULL,
      confirmed_at \(types.integer) NOT NULL
    ) \(types.strict);

    CREATE TABLE address_change (
      account_id \(types.integer) NOT NULL REFERENCES account (id),
      purpose TEXT NOT NULL CHECK (purpose IN ('correspondence', 'user_name')),
      email TEXT NOT NULL,
      email_shown TEXT NOT NULL,
      code_nonce \(types.bytes) NOT NULL,
      code_prefix TEXT NOT NULL,
      code_expires_at \(types.integer) NOT NULL,
      code_sent_at \(types.integer) NOT NULL,
      code_tries_left \(types.integer) NOT NULL CHECK (code_tries_left >= 0),
      confirmed_at \(types.integer),
      PRIMARY KEY (account_id, purpose)
    ) \(types.strict);

    CREATE INDEX address_change_expires_at ON address_change (code_expires_at);

    CREATE TABLE address_undo (
      id \(types.identity),
      account_id \(types.integer) NOT NULL REFERENCES account (id),
      old_email TEXT NOT NULL,
      old_email_shown TEXT NOT NULL,
      code_nonce \(types.bytes) NOT NULL,
      code_prefix TEXT NOT NULL,
      code_expires_at \(types.integer) NOT NULL,
      code_sent_at \(types.integer) NOT NULL,
      code_tries_left \(types.integer) NOT NULL CHECK (code_tries_left >= 0),
      used_at \(types.integer),
      restored_at \(types.integer)
    ) \(types.strict);

    CREATE INDEX address_undo_of_email ON address_undo (old_email, code_expires_at);
    CREATE INDEX address_undo_of_account ON address_undo (account_id);
    CREATE INDEX address_undo_expires_at ON address_undo (code_expires_at);

    CREATE TABLE handover (
      id \(types.identity),
      account_id \(types.integer),
      customer_number TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN (
        'correspondence_email', 'user_name', 'marketing', 'data_processing', 'contract_ended')),
      old_value TEXT,
      new_value TEXT,
      at \(types.integer) NOT NULL,
      batch \(types.integer),
      exported_at \(types.integer),
      acknowledged_at \(types.integer),
      CHECK ((batch IS NULL) = (exported_at IS NULL)),
      CHECK (acknowledged_at IS NULL OR exported_at IS NOT NULL)
    ) \(types.strict);

    CREATE INDEX handover_waiting ON handover (id) WHERE batch IS NULL;
    CREATE INDEX handover_in_batch ON handover (batch, id) WHERE batch IS NOT NULL;
    CREATE INDEX handover_acknowledged_at ON handover (acknowledged_at)
      WHERE acknowledged_at IS NOT NULL;
    """
  }
}
