package import Persistence

extension Schema {
  /// The ledger sealed, accounts that end, people who are forgotten, and contracts as files.
  ///
  /// An account that has ended keeps its row, because declarations refer to it; its customer number
  /// and address are cleared, so that no login or new registration ever finds it. Older programs
  /// still work on this schema: to them such a row is nobody's account.
  package static let ledger = Migration(9, "ledger", oldestProgram: 6) { types in
    """
    ALTER TABLE account ADD COLUMN closed_at \(types.integer);
    ALTER TABLE account ADD COLUMN former_customer_number TEXT
      CHECK ((closed_at IS NULL) = (former_customer_number IS NULL));
    CREATE INDEX account_formerly_of ON account (former_customer_number)
      WHERE former_customer_number IS NOT NULL;

    CREATE TABLE pseudonym_salt (
      customer_number TEXT PRIMARY KEY,
      salt \(types.bytes) NOT NULL CHECK (length(salt) = 16)
    ) \(types.strict);

    CREATE TABLE erasure (
      pseudonym TEXT PRIMARY KEY CHECK (pseudonym LIKE '~%'),
      erased_at \(types.integer) NOT NULL,
      erased_by TEXT NOT NULL
    ) \(types.strict);

    \(types.appendOnly("erasure"))

    \(types.dialect == .sqlite ? pseudonymsInSQLite : pseudonymsInPostgres)

    CREATE TABLE audit_seal (
      stream TEXT NOT NULL CHECK (stream IN ('declaration', 'audit_event')),
      last_id \(types.integer) NOT NULL,
      row_count \(types.integer) NOT NULL CHECK (row_count > 0),
      hash \(types.bytes) NOT NULL CHECK (length(hash) = 32),
      sealed_at \(types.integer) NOT NULL,
      PRIMARY KEY (stream, last_id)
    ) \(types.strict);

    \(types.appendOnly("audit_seal"))

    CREATE TABLE declared_file (
      version TEXT NOT NULL,
      kind TEXT NOT NULL,
      body \(types.bytes) NOT NULL,
      hash \(types.bytes) NOT NULL CHECK (length(hash) = 32),
      made_at \(types.integer) NOT NULL,
      PRIMARY KEY (version, kind)
    ) \(types.strict);

    \(types.appendOnly("declared_file"))

    CREATE TABLE data_request (
      id \(types.identity),
      account_id \(types.integer) NOT NULL REFERENCES account (id),
      kind TEXT NOT NULL CHECK (kind IN ('copy', 'erasure')),
      asked_at \(types.integer) NOT NULL,
      done_at \(types.integer)
    ) \(types.strict);

    CREATE UNIQUE INDEX data_request_open ON data_request (account_id, kind)
      WHERE done_at IS NULL;
    CREATE INDEX data_request_done_at ON data_request (done_at) WHERE done_at IS NOT NULL;

    CREATE INDEX registration_of_customer ON registration (customer_number)
      WHERE customer_number IS NOT NULL;
    """
  }

  /// The only change of the audit trail that is allowed: a pseudonym replaces a customer number,
  /// once an erasure is on record.
  private static let onlyPseudonym = """
    NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.kind = OLD.kind
        AND NEW.detail IS NOT DISTINCT FROM OLD.detail
        AND NEW.registration_id IS NOT DISTINCT FROM OLD.registration_id
        AND NEW.account_id IS NOT DISTINCT FROM OLD.account_id
        AND OLD.customer_number NOT LIKE '~%'
        AND NEW.customer_number IN (SELECT pseudonym FROM erasure)
    """

  private static let pseudonymsInSQLite = """
    DROP TRIGGER audit_event_no_update;
    CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
    WHEN NOT COALESCE(
      \(onlyPseudonym.replacing("IS NOT DISTINCT FROM", with: "IS")), 0)
    BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END;
    """

  private static let pseudonymsInPostgres = """
    CREATE OR REPLACE FUNCTION audit_event_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF \(onlyPseudonym) THEN RETURN NEW; END IF;
      END IF;
      RAISE EXCEPTION 'audit_event is append-only';
    END $$;
    """
}
