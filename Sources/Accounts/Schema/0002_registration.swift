package import Persistence

extension Schema {
  /// Attempts to become a user, and the counts that outlive each attempt.
  package static let registration = Migration(2, "registration") { types in
    """
    CREATE TABLE registration (
      id \(types.identity),
      case_number TEXT NOT NULL UNIQUE,
      opening_key \(types.bytes) NOT NULL UNIQUE,
      token_hash \(types.bytes) NOT NULL UNIQUE,
      previous_token_hash \(types.bytes) UNIQUE,
      language TEXT NOT NULL CHECK (language IN ('hu', 'en')),
      started_at \(types.integer) NOT NULL,
      expires_at \(types.integer) NOT NULL,
      step TEXT NOT NULL CHECK (step IN ('identification', 'phone', 'email', 'password',
        'finished', 'already_registered', 'stopped')),
      stop TEXT CHECK (stop IN ('sms_step_disabled', 'taken_emails', 'register_changed')),
      customer_number TEXT,
      sms_sent \(types.integer) NOT NULL CHECK (sms_sent >= 0),
      taken_emails \(types.integer) NOT NULL CHECK (taken_emails >= 0),
      code_nonce \(types.bytes),
      code_prefix TEXT,
      code_expires_at \(types.integer),
      code_sent_at \(types.integer),
      code_tries_left \(types.integer) CHECK (code_tries_left >= 0),
      email TEXT,
      CHECK ((step = 'identification') = (customer_number IS NULL)),
      CHECK ((step = 'stopped') = (stop IS NOT NULL)),
      CHECK (step <> 'phone' OR code_nonce IS NOT NULL),
      CHECK ((code_nonce IS NULL) = (code_prefix IS NULL)),
      CHECK ((code_nonce IS NULL) = (code_expires_at IS NULL)),
      CHECK ((code_nonce IS NULL) = (code_sent_at IS NULL)),
      CHECK ((code_nonce IS NULL) = (code_tries_left IS NULL)),
      CHECK ((step = 'password') = (email IS NOT NULL))
    ) \(types.strict);

    CREATE INDEX registration_expires_at ON registration (expires_at);

    CREATE TABLE registration_declaration (
      registration_id \(types.integer) NOT NULL REFERENCES registration (id),
      kind TEXT NOT NULL,
      is_accepted \(types.integer) NOT NULL CHECK (is_accepted IN (0, 1)),
      version TEXT NOT NULL,
      PRIMARY KEY (registration_id, kind)
    ) \(types.strict);

    CREATE TABLE sms_step (
      customer_number TEXT PRIMARY KEY,
      failures_in_a_row \(types.integer) NOT NULL CHECK (failures_in_a_row >= 0),
      disabled_at \(types.integer)
    ) \(types.strict);

    CREATE TABLE event_count (
      name TEXT NOT NULL,
      key \(types.bytes) NOT NULL,
      window_start \(types.integer) NOT NULL,
      used \(types.integer) NOT NULL CHECK (used >= 0),
      PRIMARY KEY (name, key, window_start)
    ) \(types.strict);

    CREATE INDEX event_count_window_start ON event_count (window_start);

    CREATE TABLE audit_event (
      id \(types.identity),
      at \(types.integer) NOT NULL,
      kind TEXT NOT NULL,
      detail TEXT,
      customer_number TEXT,
      registration_id \(types.integer),
      account_id \(types.integer)
    ) \(types.strict);

    CREATE INDEX audit_event_of_customer ON audit_event (customer_number, id);
    CREATE INDEX audit_event_of_registration ON audit_event (registration_id, id);

    \(types.appendOnly("audit_event"))
    """
  }
}
