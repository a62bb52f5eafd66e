package import Persistence

extension Schema {
  /// Accounts, what their owners declared, and their logins.
  package static let account = Migration(3, "account") { types in
    """
    CREATE TABLE account (
      id \(types.identity),
      customer_number TEXT NOT NULL UNIQUE,
      email TEXT NOT NULL UNIQUE,
      email_shown TEXT NOT NULL,
      password_hash TEXT NOT NULL,
      language TEXT NOT NULL CHECK (language IN ('hu', 'en')),
      registration_id \(types.integer) NOT NULL UNIQUE REFERENCES registration (id),
      created_at \(types.integer) NOT NULL,
      email_confirmed_at \(types.integer),
      code_nonce \(types.bytes) NOT NULL,
      code_prefix TEXT NOT NULL,
      code_expires_at \(types.integer) NOT NULL,
      code_sent_at \(types.integer) NOT NULL,
      code_tries_left \(types.integer) NOT NULL CHECK (code_tries_left >= 0)
    ) \(types.strict);

    CREATE TABLE declared_text (
      version TEXT NOT NULL,
      kind TEXT NOT NULL,
      language TEXT NOT NULL CHECK (language IN ('hu', 'en')),
      body TEXT NOT NULL,
      PRIMARY KEY (version, kind)
    ) \(types.strict);

    CREATE TABLE declaration (
      id \(types.identity),
      account_id \(types.integer) NOT NULL REFERENCES account (id),
      registration_id \(types.integer),
      kind TEXT NOT NULL CHECK (kind IN ('marketing', 'data_processing', 'contract', 'notice')),
      version TEXT NOT NULL,
      is_accepted \(types.integer) NOT NULL CHECK (is_accepted IN (0, 1)),
      channel TEXT NOT NULL,
      declared_at \(types.integer) NOT NULL,
      FOREIGN KEY (version, kind) REFERENCES declared_text (version, kind)
    ) \(types.strict);

    CREATE INDEX declaration_of_account ON declaration (account_id, id);

    \(types.appendOnly("declaration"))

    CREATE TABLE session (
      token_hash \(types.bytes) PRIMARY KEY,
      account_id \(types.integer) NOT NULL REFERENCES account (id),
      created_at \(types.integer) NOT NULL,
      last_used_at \(types.integer) NOT NULL,
      ended_at \(types.integer)
    ) \(types.strict);

    CREATE INDEX session_of_account ON session (account_id);
    CREATE INDEX session_last_used_at ON session (last_used_at);

    CREATE TABLE login_throttle (
      user_name_hash \(types.bytes) PRIMARY KEY,
      failures_in_a_row \(types.integer) NOT NULL CHECK (failures_in_a_row >= 0),
      last_failure_at \(types.integer) NOT NULL
    ) \(types.strict);

    CREATE INDEX login_throttle_last_failure_at ON login_throttle (last_failure_at);
    """
  }
}
