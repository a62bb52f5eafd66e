internal import Domain
package import Persistence

extension Schema {
  /// Staff of the call centre, what they have open, and what waits for a second person's consent
  /// (D 14); and how staff find somebody by phone, address or name.
  ///
  /// The secret of a second factor and the recovery code are derived from the nonce with the
  /// operator's key, so that a copy of the database opens nothing. A row of `staff_opening` is one
  /// look at one case, by one session, for one reason.
  ///
  /// Names are folded by the index itself: an import stores each name once, as the insurer writes
  /// it.
  package static let staff = Migration(15, "staff", oldestProgram: 10) { types in
    """
    CREATE TABLE staff_account (
      id \(types.identity),
      name TEXT NOT NULL UNIQUE,
      role TEXT NOT NULL
        CHECK (role IN ('agent', 'supervisor', 'data_protection', 'auditor')),
      password_hash TEXT NOT NULL,
      nonce \(types.bytes) NOT NULL CHECK (length(nonce) = 32),
      has_recovery_code \(types.integer) NOT NULL CHECK (has_recovery_code IN (0, 1)),
      last_step \(types.integer) NOT NULL,
      link_hash \(types.bytes) UNIQUE,
      link_expires_at \(types.integer),
      created_at \(types.integer) NOT NULL,
      disabled_at \(types.integer),
      CHECK ((link_hash IS NULL) = (link_expires_at IS NULL))
    ) \(types.strict);

    CREATE TABLE staff_session (
      token_hash \(types.bytes) PRIMARY KEY,
      staff_id \(types.integer) NOT NULL REFERENCES staff_account (id),
      created_at \(types.integer) NOT NULL,
      last_used_at \(types.integer) NOT NULL,
      ended_at \(types.integer),
      search TEXT
    ) \(types.strict);

    CREATE INDEX staff_session_of_staff ON staff_session (staff_id);
    CREATE INDEX staff_session_last_used_at ON staff_session (last_used_at);

    CREATE TABLE staff_opening (
      id \(types.identity),
      token_hash \(types.bytes) NOT NULL,
      staff_id \(types.integer) NOT NULL REFERENCES staff_account (id),
      customer_number TEXT,
      registration_id \(types.integer),
      reason TEXT NOT NULL,
      opened_at \(types.integer) NOT NULL,
      shown TEXT NOT NULL,
      proven_at \(types.integer),
      code_nonce \(types.bytes),
      code_prefix TEXT,
      code_expires_at \(types.integer),
      code_sent_at \(types.integer),
      code_tries_left \(types.integer) CHECK (code_tries_left >= 0),
      CHECK (customer_number IS NOT NULL OR registration_id IS NOT NULL)
    ) \(types.strict);

    CREATE INDEX staff_opening_of_customer ON staff_opening (customer_number)
      WHERE customer_number IS NOT NULL;
    CREATE INDEX staff_opening_opened_at ON staff_opening (opened_at);

    CREATE TABLE staff_consent (
      id \(types.identity),
      act TEXT NOT NULL,
      customer_number TEXT NOT NULL,
      value TEXT,
      asked_by \(types.integer) NOT NULL REFERENCES staff_account (id),
      reason TEXT NOT NULL,
      asked_at \(types.integer) NOT NULL,
      decided_by \(types.integer) REFERENCES staff_account (id),
      is_given \(types.integer) CHECK (is_given IN (0, 1)),
      decided_at \(types.integer),
      CHECK (decided_by <> asked_by),
      CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
      CHECK ((decided_by IS NULL) = (is_given IS NULL))
    ) \(types.strict);

    CREATE INDEX staff_consent_of_customer ON staff_consent (customer_number);
    CREATE UNIQUE INDEX staff_consent_open ON staff_consent (act, customer_number)
      WHERE decided_at IS NULL;

    CREATE INDEX audit_event_of_staff ON audit_event (id) WHERE kind IN (\(ofStaff));
    CREATE INDEX audit_event_of_funnel ON audit_event (at, kind, registration_id, account_id)
      WHERE kind IN (\(ofFunnel));
    CREATE INDEX registration_started_at ON registration (started_at);

    CREATE INDEX register_customer_sms_number ON register_customer (generation, sms_number)
      WHERE sms_number IS NOT NULL;
    CREATE INDEX register_customer_email ON register_customer (generation, (lower(email)))
      WHERE email IS NOT NULL;
    CREATE INDEX register_customer_name
      ON register_customer (generation, (\(firstNameKey(types.dialect))));
    """
  }

  /// What staff did as staff; spelled out, as whoever asks by this index has to.
  static let ofStaff = """
    'staff_added', 'staff_reset', 'staff_disabled', 'staff_enrolled', 'staff_logged_in',
    'staff_login_failed', 'staff_logged_out', 'staff_searched', 'case_opened', 'case_shown',
    'value_shown'
    """

  /// The steps of a registration that are counted by day, and why some end at the first.
  static let ofFunnel = """
    'mismatch', 'sms_sent', 'sms_code_accepted', 'contact_given', 'registered', 'email_confirmed'
    """

  /// The folded name of a customer as SQL, for SQLite, which lowers only A to Z.
  static let lettersFolded: String =
    "lower("
    + zip(NameKey.accented, NameKey.plain).reduce("name") { text, letters in
      "replace(\(text), '\(letters.0)', '\(letters.1)')"
    } + ")"

  /// The index's first key, by the locale of the database; a later step replaces it.
  private static func firstNameKey(_ dialect: Dialect) -> String {
    switch dialect {
    case .sqlite: lettersFolded
    case .postgres:
      "lower(translate(name, '\(NameKey.accented)', '\(NameKey.plain)')) COLLATE \"C\""
    }
  }
}
