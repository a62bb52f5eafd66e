package import Persistence

extension Schema {
  /// Since when messages count towards a customer's limit of a day, once staff have lifted it; and
  /// the trail of staff finds all that only staff do.
  package static let staffLifts = Migration(16, "staff_lifts", oldestProgram: 10) { types in
    """
    ALTER TABLE sms_step ADD COLUMN messages_from \(types.integer);

    DROP INDEX audit_event_of_staff;
    CREATE INDEX audit_event_of_staff ON audit_event (id) WHERE kind IN (\(byStaff));
    """
  }

  /// What nobody but staff does, in their own name; spelled out, as whoever asks by this index has
  /// to.
  static let byStaff = """
    'staff_added', 'staff_reset', 'staff_disabled', 'staff_enrolled', 'staff_logged_in',
    'staff_login_failed', 'staff_logged_out', 'staff_searched', 'case_opened', 'case_shown',
    'value_shown', 'list_shown', 'caller_code_sent', 'caller_code_wrong', 'caller_proven',
    'login_counts_lifted', 'sms_counts_lifted', 'mismatch_counts_lifted', 'message_retried',
    'message_cancelled', 'email_corrected_by_staff', 'data_request_declined', 'consent_asked',
    'consent_given', 'consent_refused'
    """
}
