internal import Domain
internal import FoundationEssentials
internal import Persistence

/// Who did what, when: one line for each thing that somebody may be asked about later.
struct AuditEvent {
  enum Kind: String, CaseIterable {
    case claimInvalid = "claim_invalid"
    case mismatch
    case mismatchLimit = "mismatch_limit"
    case smsSent = "sms_sent"
    case smsLimit = "sms_limit"
    case smsCodeWrong = "sms_code_wrong"
    case smsCodeAccepted = "sms_code_accepted"
    case smsStepDisabled = "sms_step_disabled"
    case smsStepRefused = "sms_step_refused"
    case smsStepEnabled = "sms_step_enabled"
    case emailTaken = "email_taken"
    case contactGiven = "contact_given"
    case registered
    case loggedIn = "logged_in"
    case loginFailed = "login_failed"
    case loggedOut = "logged_out"
    case emailCodeSent = "email_code_sent"
    case emailCodeWrong = "email_code_wrong"
    case emailConfirmed = "email_confirmed"
    case emailCorrected = "email_corrected"
    case recoveryRequested = "recovery_requested"
    case recoveryCodeWrong = "recovery_code_wrong"
    case passwordRecovered = "password_recovered"
    case passwordChanged = "password_changed"
    case registeredAgain = "registered_again"
    case newDevice = "new_device"
    case oldestSessionEnded = "oldest_session_ended"
    case sessionEnded = "session_ended"
    case otherSessionsEnded = "other_sessions_ended"
    case allSessionsEnded = "all_sessions_ended"
    case sessionsEndedByStaff = "sessions_ended_by_staff"
    case declared
    case documentsAccepted = "documents_accepted"
    case contractEnded = "contract_ended"
    case contractEndRefused = "contract_end_refused"
    case dataRequested = "data_requested"
    case dataRequestRefused = "data_request_refused"
    case dataRequestDone = "data_request_done"
    case dataExported = "data_exported"
    case dataErased = "data_erased"
    case addressCodeSent = "address_code_sent"
    case addressCodeWrong = "address_code_wrong"
    case correspondenceChanged = "correspondence_changed"
    case correspondenceRemoved = "correspondence_removed"
    case userNameChanged = "user_name_changed"
    case userNameRestored = "user_name_restored"
    case userNameUndoWrong = "user_name_undo_wrong"
  }

  let kind: Kind
  var detail: String?
  var customer: CustomerNumber?
  var registration: Int64?
  var account: Int64?
}

extension Transaction {
  /// Writes an audit event, in the transaction of what it tells (R4).
  func record(_ event: AuditEvent, at now: Date) throws {
    try perform(
      """
      INSERT INTO audit_event (at, kind, detail, customer_number, registration_id, account_id)
      VALUES (\(now), \(event.kind.rawValue), \(event.detail), \(event.customer?.text),
              \(event.registration), \(event.account))
      """)
  }
}
