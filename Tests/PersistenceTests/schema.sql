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
  CHECK ((closed_at IS NULL) = (former_customer_number IS NULL)), absent_imports INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX account_absent ON account (id) WHERE absent_imports > 0;

CREATE INDEX account_formerly_of ON account (former_customer_number)
  WHERE former_customer_number IS NOT NULL;

CREATE TABLE account_lock (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account (id),
  kind TEXT NOT NULL CHECK (kind IN ('staff', 'new_proof')),
  reason TEXT NOT NULL,
  locked_by TEXT NOT NULL,
  locked_at INTEGER NOT NULL,
  ended_at INTEGER,
  ended_by TEXT,
  end_reason TEXT,
  CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;

CREATE UNIQUE INDEX account_lock_in_force ON account_lock (account_id)
  WHERE ended_at IS NULL;

CREATE INDEX account_lock_of_account ON account_lock (account_id, id);

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

CREATE TABLE anonymous_event (
  kind TEXT NOT NULL,
  source BLOB NOT NULL,
  window_start INTEGER NOT NULL,
  times INTEGER NOT NULL CHECK (times > 0),
  last_at INTEGER NOT NULL,
  detail TEXT,
  registration_id INTEGER,
  PRIMARY KEY (kind, source, window_start)
) STRICT;

CREATE INDEX anonymous_event_of_registration ON anonymous_event (registration_id)
  WHERE registration_id IS NOT NULL;

CREATE INDEX anonymous_event_window_start ON anonymous_event (window_start);

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

CREATE INDEX audit_event_of_case ON audit_event (detail) WHERE kind = 'login_held';

CREATE INDEX audit_event_of_customer ON audit_event (customer_number, id);

CREATE INDEX audit_event_of_funnel ON audit_event (at, kind, registration_id, account_id)
  WHERE kind IN ('mismatch', 'sms_sent', 'sms_code_accepted', 'contact_given', 'registered', 'email_confirmed');

CREATE INDEX audit_event_of_limits ON audit_event (at, kind)
  WHERE kind IN ('sms_limit', 'email_limit', 'recovery_limit', 'step_up_limit');

CREATE INDEX audit_event_of_registration ON audit_event (registration_id, id);

CREATE INDEX audit_event_of_sms_codes ON audit_event (at)
  WHERE kind IN ('sms_sent', 'sms_code_accepted');

CREATE INDEX audit_event_of_staff ON audit_event (id) WHERE kind IN ('staff_added', 'staff_reset', 'staff_disabled', 'staff_enrolled', 'staff_logged_in',
'staff_login_failed', 'staff_logged_out', 'staff_searched', 'case_opened', 'case_shown',
'value_shown', 'list_shown', 'caller_code_sent', 'caller_code_wrong', 'caller_proven',
'login_counts_lifted', 'sms_counts_lifted', 'mismatch_counts_lifted', 'message_retried',
'message_cancelled', 'email_corrected_by_staff', 'data_request_declined', 'consent_asked',
'consent_given', 'consent_refused');

CREATE INDEX audit_event_of_stops ON audit_event (at, kind, registration_id)
  WHERE kind IN ('sms_limit', 'sms_code_wrong', 'sms_step_disabled', 'email_taken');

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
  code_tries_left INTEGER NOT NULL CHECK (code_tries_left >= 0), purpose TEXT NOT NULL DEFAULT 'password'
  CHECK (purpose IN ('password', 'login')), user_name_hash BLOB, killed_at INTEGER, password_mark BLOB,
  CHECK (code_expires_at <= expires_at),
  CHECK (used_at IS NULL OR account_id IS NOT NULL)
) STRICT;

CREATE INDEX recovery_expires_at ON recovery (expires_at);

CREATE INDEX recovery_of_account ON recovery (account_id) WHERE account_id IS NOT NULL;

CREATE INDEX recovery_of_user_name ON recovery (user_name_hash, purpose, id);

CREATE TABLE register_contested (
  generation INTEGER NOT NULL,
  number TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('customer', 'policy')),
  PRIMARY KEY (generation, number, kind)
) STRICT;

CREATE TABLE register_copy (
  customer_number TEXT NOT NULL PRIMARY KEY,
  asked_at INTEGER NOT NULL
) STRICT;

CREATE INDEX register_copy_asked ON register_copy (asked_at);

CREATE TABLE register_customer (
  generation INTEGER NOT NULL,
  customer_number TEXT NOT NULL CHECK (length(customer_number) = 7),
  name TEXT NOT NULL,
  sms_number TEXT CHECK (sms_number LIKE '+%'),
  email TEXT,
  status TEXT NOT NULL CHECK (status IN ('active', 'blocked', 'deceased', 'closed')), name_key TEXT,
  PRIMARY KEY (generation, customer_number)
) STRICT;

CREATE INDEX register_customer_email ON register_customer (generation, (lower(email)))
  WHERE email IS NOT NULL;

CREATE INDEX register_customer_name_key
  ON register_customer (generation, (COALESCE(name_key, lower(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(name, 'Á', 'A'), 'É', 'E'), 'Í', 'I'), 'Ó', 'O'), 'Ö', 'O'), 'Ő', 'O'), 'Ú', 'U'), 'Ü', 'U'), 'Ű', 'U'), 'Ä', 'A'), 'á', 'a'), 'é', 'e'), 'í', 'i'), 'ó', 'o'), 'ö', 'o'), 'ő', 'o'), 'ú', 'u'), 'ü', 'u'), 'ű', 'u'), 'ä', 'a')))));

CREATE INDEX register_customer_sms_number ON register_customer (generation, sms_number)
  WHERE sms_number IS NOT NULL;

CREATE TABLE register_import (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  imported_at INTEGER NOT NULL,
  person TEXT,
  is_replaced INTEGER NOT NULL CHECK (is_replaced IN (0, 1)),
  delivery INTEGER,
  customers_hash TEXT NOT NULL,
  policies_hash TEXT NOT NULL,
  counts TEXT NOT NULL,
  forced TEXT NOT NULL,
  reason TEXT,
  refusal TEXT,
  CHECK (is_replaced = 1 OR refusal IS NOT NULL)
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
  import_seen_at INTEGER, delivery INTEGER,
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

CREATE INDEX registration_started_at ON registration (started_at);

CREATE TABLE registration_declaration (
  registration_id INTEGER NOT NULL REFERENCES registration (id),
  kind TEXT NOT NULL,
  is_accepted INTEGER NOT NULL CHECK (is_accepted IN (0, 1)),
  version TEXT NOT NULL,
  PRIMARY KEY (registration_id, kind)
) STRICT;

CREATE TABLE renumbering (
  account_id INTEGER NOT NULL REFERENCES account (id),
  old_customer_number TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account_id, old_customer_number)
) STRICT;

CREATE INDEX renumbering_from ON renumbering (old_customer_number);

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
, device TEXT NOT NULL DEFAULT '', authenticated_at INTEGER, is_new_browser INTEGER NOT NULL DEFAULT 0
  CHECK (is_new_browser IN (0, 1)), proven_at INTEGER, code_nonce BLOB, code_prefix TEXT, code_expires_at INTEGER, code_sent_at INTEGER, code_tries_left INTEGER
  CHECK (code_tries_left >= 0)) STRICT;

CREATE INDEX session_last_used_at ON session (last_used_at);

CREATE INDEX session_of_account ON session (account_id);

CREATE TABLE sms_step (
  customer_number TEXT PRIMARY KEY,
  failures_in_a_row INTEGER NOT NULL CHECK (failures_in_a_row >= 0),
  disabled_at INTEGER
, messages_from INTEGER) STRICT;

CREATE TABLE staff_account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL
    CHECK (role IN ('agent', 'supervisor', 'data_protection', 'auditor')),
  password_hash TEXT NOT NULL,
  nonce BLOB NOT NULL CHECK (length(nonce) = 32),
  has_recovery_code INTEGER NOT NULL CHECK (has_recovery_code IN (0, 1)),
  last_step INTEGER NOT NULL,
  link_hash BLOB UNIQUE,
  link_expires_at INTEGER,
  created_at INTEGER NOT NULL,
  disabled_at INTEGER,
  CHECK ((link_hash IS NULL) = (link_expires_at IS NULL))
) STRICT;

CREATE TABLE staff_consent (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  act TEXT NOT NULL,
  customer_number TEXT NOT NULL,
  value TEXT,
  asked_by INTEGER NOT NULL REFERENCES staff_account (id),
  reason TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  decided_by INTEGER REFERENCES staff_account (id),
  is_given INTEGER CHECK (is_given IN (0, 1)),
  decided_at INTEGER,
  CHECK (decided_by <> asked_by),
  CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
  CHECK ((decided_by IS NULL) = (is_given IS NULL))
) STRICT;

CREATE INDEX staff_consent_of_customer ON staff_consent (customer_number);

CREATE UNIQUE INDEX staff_consent_open ON staff_consent (act, customer_number)
  WHERE decided_at IS NULL;

CREATE TABLE staff_opening (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash BLOB NOT NULL,
  staff_id INTEGER NOT NULL REFERENCES staff_account (id),
  customer_number TEXT,
  registration_id INTEGER,
  reason TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  shown TEXT NOT NULL,
  proven_at INTEGER,
  code_nonce BLOB,
  code_prefix TEXT,
  code_expires_at INTEGER,
  code_sent_at INTEGER,
  code_tries_left INTEGER CHECK (code_tries_left >= 0),
  CHECK (customer_number IS NOT NULL OR registration_id IS NOT NULL)
) STRICT;

CREATE INDEX staff_opening_of_customer ON staff_opening (customer_number)
  WHERE customer_number IS NOT NULL;

CREATE INDEX staff_opening_opened_at ON staff_opening (opened_at);

CREATE TABLE staff_session (
  token_hash BLOB PRIMARY KEY,
  staff_id INTEGER NOT NULL REFERENCES staff_account (id),
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  ended_at INTEGER,
  search TEXT
) STRICT;

CREATE INDEX staff_session_last_used_at ON staff_session (last_used_at);

CREATE INDEX staff_session_of_staff ON staff_session (staff_id);
