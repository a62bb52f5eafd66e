CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_number TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL UNIQUE,
  email_shown TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  language TEXT NOT NULL CHECK (language IN ('hu', 'en')),
  registration_id INTEGER NOT NULL UNIQUE REFERENCES registration (id),
  created_at INTEGER NOT NULL,
  email_confirmed_at INTEGER,
  code_nonce BLOB NOT NULL,
  code_prefix TEXT NOT NULL,
  code_expires_at INTEGER NOT NULL,
  code_sent_at INTEGER NOT NULL,
  code_tries_left INTEGER NOT NULL CHECK (code_tries_left >= 0)
, registered_again_at INTEGER, closed_at INTEGER, former_customer_number TEXT
  CHECK ((closed_at IS NULL) = (former_customer_number IS NULL))) STRICT;

CREATE INDEX account_formerly_of ON account (former_customer_number)
  WHERE former_customer_number IS NOT NULL;

CREATE TABLE address_change (
  account_id INTEGER NOT NULL REFERENCES account (id),
  purpose TEXT NOT NULL CHECK (purpose IN ('correspondence', 'user_name')),
  email TEXT NOT NULL,
  email_shown TEXT NOT NULL,
  code_nonce BLOB NOT NULL,
  code_prefix TEXT NOT NULL,
  code_expires_at INTEGER NOT NULL,
  code_sent_at INTEGER NOT NULL,
  code_tries_left INTEGER NOT NULL CHECK (code_tries_left >= 0),
  confirmed_at INTEGER,
  PRIMARY KEY (account_id, purpose)
) STRICT;

CREATE INDEX address_change_expires_at ON address_change (code_expires_at);

CREATE TABLE address_undo (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account (id),
  old_email TEXT NOT NULL,
  old_email_shown TEXT NOT NULL,
  code_nonce BLOB NOT NULL,
  code_prefix TEXT NOT NULL,
  code_expires_at INTEGER NOT NULL,
  code_sent_at INTEGER NOT NULL,
  code_tries_left INTEGER NOT NULL CHECK (code_tries_left >= 0),
  used_at INTEGER,
  restored_at INTEGER
) STRICT;

CREATE INDEX address_undo_expires_at ON address_undo (code_expires_at);

CREATE INDEX address_undo_of_account ON address_undo (account_id);

CREATE INDEX address_undo_of_email ON address_undo (old_email, code_expires_at);

CREATE TABLE audit_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT,
  customer_number TEXT,
  registration_id INTEGER,
  account_id INTEGER
) STRICT;

CREATE INDEX audit_event_of_account ON audit_event (account_id, id)
  WHERE account_id IS NOT NULL;

CREATE INDEX audit_event_of_customer ON audit_event (customer_number, id);

CREATE INDEX audit_event_of_registration ON audit_event (registration_id, id);

CREATE INDEX audit_event_of_sms_codes ON audit_event (at)
  WHERE kind IN ('sms_sent', 'sms_code_accepted');

CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END;

CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
WHEN NOT COALESCE(
  NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.kind = OLD.kind
    AND NEW.detail IS OLD.detail
    AND NEW.registration_id IS OLD.registration_id
    AND NEW.account_id IS OLD.account_id
    AND OLD.customer_number NOT LIKE '~%'
    AND NEW.customer_number IN (SELECT pseudonym FROM erasure), 0)
BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END;

CREATE TABLE audit_seal (
  stream TEXT NOT NULL CHECK (stream IN ('declaration', 'audit_event')),
  last_id INTEGER NOT NULL,
  row_count INTEGER NOT NULL CHECK (row_count > 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  sealed_at INTEGER NOT NULL,
  PRIMARY KEY (stream, last_id)
) STRICT;

CREATE TRIGGER audit_seal_no_delete BEFORE DELETE ON audit_seal
BEGIN SELECT RAISE(ABORT, 'audit_seal is append-only'); END;

CREATE TRIGGER audit_seal_no_update BEFORE UPDATE ON audit_seal
BEGIN SELECT RAISE(ABORT, 'audit_seal is append-only'); END;

CREATE TABLE correspondence_address (
  account_id INTEGER PRIMARY KEY REFERENCES account (id),
  email TEXT NOT NULL,
  email_shown TEXT NOT NULL,
  confirmed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE data_request (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account (id),
  kind TEXT NOT NULL CHECK (kind IN ('copy', 'erasure')),
  asked_at INTEGER NOT NULL,
  done_at INTEGER
) STRICT;

CREATE INDEX data_request_done_at ON data_request (done_at) WHERE done_at IS NOT NULL;

CREATE UNIQUE INDEX data_request_open ON data_request (account_id, kind)
  WHERE done_at IS NULL;

CREATE TABLE declaration (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account (id),
  registration_id INTEGER,
  kind TEXT NOT NULL CHECK (kind IN ('marketing', 'data_processing', 'contract', 'notice')),
  version TEXT NOT NULL,
  is_accepted INTEGER NOT NULL CHECK (is_accepted IN (0, 1)),
  channel TEXT NOT NULL,
  declared_at INTEGER NOT NULL,
  FOREIGN KEY (version, kind) REFERENCES declared_text (version, kind)
) STRICT;

CREATE INDEX declaration_of_account ON declaration (account_id, id);

CREATE TRIGGER declaration_no_delete BEFORE DELETE ON declaration
BEGIN SELECT RAISE(ABORT, 'declaration is append-only'); END;

CREATE TRIGGER declaration_no_update BEFORE UPDATE ON declaration
BEGIN SELECT RAISE(ABORT, 'declaration is append-only'); END;

CREATE TABLE declared_file (
  version TEXT NOT NULL,
  kind TEXT NOT NULL,
  body BLOB NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  made_at INTEGER NOT NULL,
  PRIMARY KEY (version, kind)
) STRICT;

CREATE TRIGGER declared_file_no_delete BEFORE DELETE ON declared_file
BEGIN SELECT RAISE(ABORT, 'declared_file is append-only'); END;

CREATE TRIGGER declared_file_no_update BEFORE UPDATE ON declared_file
BEGIN SELECT RAISE(ABORT, 'declared_file is append-only'); END;

CREATE TABLE declared_text (
  version TEXT NOT NULL,
  kind TEXT NOT NULL,
  language TEXT NOT NULL CHECK (language IN ('hu', 'en')),
  body TEXT NOT NULL,
  PRIMARY KEY (version, kind)
) STRICT;

CREATE TABLE erasure (
  pseudonym TEXT PRIMARY KEY CHECK (pseudonym LIKE '~%'),
  erased_at INTEGER NOT NULL,
  erased_by TEXT NOT NULL
) STRICT;

CREATE TRIGGER erasure_no_delete BEFORE DELETE ON erasure
BEGIN SELECT RAISE(ABORT, 'erasure is append-only'); END;

CREATE TRIGGER erasure_no_update BEFORE UPDATE ON erasure
BEGIN SELECT RAISE(ABORT, 'erasure is append-only'); END;

CREATE TABLE event_count (
  name TEXT NOT NULL,
  key BLOB NOT NULL,
  window_start INTEGER NOT NULL,
  used INTEGER NOT NULL CHECK (used >= 0),
  PRIMARY KEY (name, key, window_start)
) STRICT;

CREATE INDEX event_count_window_start ON event_count (window_start);

CREATE TABLE handover (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER,
  customer_number TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN (
    'correspondence_email', 'user_name', 'marketing', 'data_processing', 'contract_ended')),
  old_value TEXT,
  new_value TEXT,
  at INTEGER NOT NULL,
  batch INTEGER,
  exported_at INTEGER,
  acknowledged_at INTEGER,
  CHECK ((batch IS NULL) = (exported_at IS NULL)),
  CHECK (acknowledged_at IS NULL OR exported_at IS NOT NULL)
) STRICT;

CREATE INDEX handover_acknowledged_at ON handover (acknowledged_at)
  WHERE acknowledged_at IS NOT NULL;

CREATE INDEX handover_in_batch ON handover (batch, id) WHERE batch IS NOT NULL;

CREATE INDEX handover_waiting ON handover (id) WHERE batch IS NULL;

CREATE TABLE job (
  name TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL
) STRICT;

CREATE TABLE known_device (
  token_hash BLOB NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account (id),
  last_seen_at INTEGER NOT NULL,
  PRIMARY KEY (token_hash, account_id)
) STRICT;

CREATE INDEX known_device_last_seen_at ON known_device (last_seen_at);

CREATE INDEX known_device_of_account ON known_device (account_id, last_seen_at);

CREATE TABLE login_throttle (
  user_name_hash BLOB PRIMARY KEY,
  failures_in_a_row INTEGER NOT NULL CHECK (failures_in_a_row >= 0),
  last_failure_at INTEGER NOT NULL
) STRICT;

CREATE INDEX login_throttle_last_failure_at ON login_throttle (last_failure_at);

CREATE TABLE "message" (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
  recipient TEXT NOT NULL,
  language TEXT NOT NULL CHECK (language IN ('hu', 'en')),
  subject TEXT NOT NULL,
  body TEXT,
  customer_number TEXT NOT NULL,
  priority INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'leased', 'sent', 'delivered', 'undeliverable', 'expired', 'failed', 'cancelled')),
  created_at INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  next_try_at INTEGER NOT NULL,
  tries INTEGER NOT NULL CHECK (tries >= 0),
  lease_token BLOB,
  sent_at INTEGER,
  problem TEXT,
  series TEXT,
  unknowns INTEGER NOT NULL DEFAULT 0 CHECK (unknowns >= 0),
  gateway TEXT,
  receipt TEXT CHECK (receipt IN ('delivered', 'undeliverable')),
  receipt_at INTEGER,
  contract_version TEXT,
  CHECK ((state = 'leased') = (lease_token IS NOT NULL)),
  CHECK (state NOT IN ('queued', 'leased') OR body IS NOT NULL)
) STRICT;

CREATE INDEX message_created_at ON message (created_at);

CREATE INDEX message_due ON message (channel, priority, next_try_at, id)
  WHERE state IN ('queued', 'leased');

CREATE INDEX message_for_customer ON message (customer_number, created_at);

CREATE INDEX message_in_doubt ON message (channel, next_try_at, id)
  WHERE state = 'leased' OR (state = 'queued' AND unknowns > 0);

CREATE INDEX message_in_series ON message (series, id) WHERE series IS NOT NULL;

CREATE INDEX message_not_after ON message (channel, not_after)
  WHERE state IN ('queued', 'leased');

CREATE INDEX message_to_recipient ON message (recipient, created_at);

CREATE TABLE pseudonym_salt (
  customer_number TEXT PRIMARY KEY,
  salt BLOB NOT NULL CHECK (length(salt) = 16)
) STRICT;

CREATE TABLE recovery (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash BLOB NOT NULL UNIQUE,
  email TEXT NOT NULL,
  account_id INTEGER REFERENCES account (id),
  language TEXT NOT NULL CHECK (language IN ('hu', 'en')),
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  code_nonce BLOB NOT NULL,
  code_prefix TEXT NOT NULL,
  code_expires_at INTEGER NOT NULL,
  code_sent_at INTEGER NOT NULL,
  code_tries_left INTEGER NOT NULL CHECK (code_tries_left >= 0),
  CHECK (code_expires_at <= expires_at),
  CHECK (used_at IS NULL OR account_id IS NOT NULL)
) STRICT;

CREATE INDEX recovery_expires_at ON recovery (expires_at);

CREATE UNIQUE INDEX recovery_of_account ON recovery (account_id)
  WHERE account_id IS NOT NULL AND used_at IS NULL;

CREATE TABLE register_customer (
  generation INTEGER NOT NULL,
  customer_number TEXT NOT NULL CHECK (length(customer_number) = 7),
  name TEXT NOT NULL,
  sms_number TEXT CHECK (sms_number LIKE '+%'),
  email TEXT,
  status TEXT NOT NULL CHECK (status IN ('active', 'blocked', 'deceased', 'closed')),
  PRIMARY KEY (generation, customer_number)
) STRICT;

CREATE TABLE register_old_number (
  generation INTEGER NOT NULL,
  old_number TEXT NOT NULL,
  customer_number TEXT NOT NULL,
  PRIMARY KEY (generation, old_number, customer_number)
) STRICT;

CREATE INDEX register_old_number_of_customer
  ON register_old_number (generation, customer_number, old_number);

CREATE TABLE register_policy (
  generation INTEGER NOT NULL,
  policy_number TEXT NOT NULL,
  written_number TEXT NOT NULL,
  customer_number TEXT NOT NULL,
  product TEXT NOT NULL,
  status TEXT NOT NULL,
  valid_from TEXT,
  valid_to TEXT,
  PRIMARY KEY (generation, policy_number)
) STRICT;

CREATE INDEX register_policy_of_customer
  ON register_policy (generation, customer_number);

CREATE TABLE register_state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  generation INTEGER NOT NULL,
  imported_at INTEGER,
  newest_generation INTEGER NOT NULL,
  import_seen_at INTEGER,
  CHECK (generation <= newest_generation)
) STRICT;

CREATE TABLE registration (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_number TEXT NOT NULL UNIQUE,
  opening_key BLOB NOT NULL UNIQUE,
  token_hash BLOB NOT NULL UNIQUE,
  previous_token_hash BLOB UNIQUE,
  language TEXT NOT NULL CHECK (language IN ('hu', 'en')),
  started_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  step TEXT NOT NULL CHECK (step IN ('identification', 'phone', 'email', 'password',
    'finished', 'already_registered', 'stopped')),
  stop TEXT CHECK (stop IN ('sms_step_disabled', 'taken_emails', 'register_changed')),
  customer_number TEXT,
  sms_sent INTEGER NOT NULL CHECK (sms_sent >= 0),
  taken_emails INTEGER NOT NULL CHECK (taken_emails >= 0),
  code_nonce BLOB,
  code_prefix TEXT,
  code_expires_at INTEGER,
  code_sent_at INTEGER,
  code_tries_left INTEGER CHECK (code_tries_left >= 0),
  email TEXT,
  CHECK ((step = 'identification') = (customer_number IS NULL)),
  CHECK ((step = 'stopped') = (stop IS NOT NULL)),
  CHECK (step <> 'phone' OR code_nonce IS NOT NULL),
  CHECK ((code_nonce IS NULL) = (code_prefix IS NULL)),
  CHECK ((code_nonce IS NULL) = (code_expires_at IS NULL)),
  CHECK ((code_nonce IS NULL) = (code_sent_at IS NULL)),
  CHECK ((code_nonce IS NULL) = (code_tries_left IS NULL)),
  CHECK ((step = 'password') = (email IS NOT NULL))
) STRICT;

CREATE INDEX registration_expires_at ON registration (expires_at);

CREATE INDEX registration_of_customer ON registration (customer_number)
  WHERE customer_number IS NOT NULL;

CREATE TABLE registration_declaration (
  registration_id INTEGER NOT NULL REFERENCES registration (id),
  kind TEXT NOT NULL,
  is_accepted INTEGER NOT NULL CHECK (is_accepted IN (0, 1)),
  version TEXT NOT NULL,
  PRIMARY KEY (registration_id, kind)
) STRICT;

CREATE TABLE schema_migration (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  oldest_program INTEGER NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
  token_hash BLOB PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (id),
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  ended_at INTEGER
, device TEXT NOT NULL DEFAULT '', authenticated_at INTEGER) STRICT;

CREATE INDEX session_last_used_at ON session (last_used_at);

CREATE INDEX session_of_account ON session (account_id);

CREATE TABLE sms_step (
  customer_number TEXT PRIMARY KEY,
  failures_in_a_row INTEGER NOT NULL CHECK (failures_in_a_row >= 0),
  disabled_at INTEGER
) STRICT;
