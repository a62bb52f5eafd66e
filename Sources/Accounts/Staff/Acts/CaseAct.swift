package import Domain
package import Outbox

/// What staff can do about an open case. Each needs a reason, and says what it will do before.
package enum CaseAct: String, CaseIterable, Sendable {
  case enableSMSStep = "sms_step"
  case liftLoginCounts = "login_counts"
  case liftSMSCounts = "sms_counts"
  case liftMismatchCounts = "mismatch_counts"
  case resendEmailCode = "email_code"
  case correctEmail = "correct_email"
  case endSessions = "end_sessions"
  case lock
  case lockForNewProof = "new_proof"
  case unlock
  case freeAddress = "free_address"
  case changeUserName = "user_name"
  case retryMessage = "retry_message"
  case cancelMessage = "cancel_message"
  case finishRequest = "finish_request"
  case declineRequest = "decline_request"
  case erase

  package var duty: StaffDuty {
    switch self {
    case .resendEmailCode, .endSessions, .retryMessage, .cancelMessage: .help
    case .enableSMSStep, .liftLoginCounts, .liftSMSCounts, .liftMismatchCounts, .correctEmail,
      .unlock, .freeAddress, .changeUserName:
      .moveTrust
    case .lock, .lockForNewProof: .lock
    case .finishRequest, .declineRequest, .erase: .dataRequests
    }
  }

  /// Whether the caller must have read out a code, or a supervisor must do it: who trusts a wrong
  /// caller gives an account away.
  package var needsProof: Bool { duty == .moveTrust }

  /// Whether somebody of this role has to prove the caller first.
  package func needsProof(from role: StaffRole) -> Bool { needsProof && role != .supervisor }

  /// Whether a second person must agree (D 14).
  package var needsConsent: Bool {
    switch self {
    case .unlock, .changeUserName, .erase: true
    case .enableSMSStep, .liftLoginCounts, .liftSMSCounts, .liftMismatchCounts, .resendEmailCode,
      .correctEmail, .endSessions, .lock, .lockForNewProof, .freeAddress, .retryMessage,
      .cancelMessage, .finishRequest, .declineRequest:
      false
    }
  }

  /// What has to be given besides the reason.
  package var operand: Operand {
    switch self {
    case .correctEmail, .changeUserName: .email
    case .retryMessage, .cancelMessage: .message
    case .finishRequest, .declineRequest: .request
    case .enableSMSStep, .liftLoginCounts, .liftSMSCounts, .liftMismatchCounts, .resendEmailCode,
      .endSessions, .lock, .lockForNewProof, .unlock, .freeAddress, .erase:
      .nothing
    }
  }

  /// Whether the customer is told why, in words that are written for the customer: the reason is
  /// for the trail.
  package var asksWords: Bool { notice == .dataRequestDeclined }

  /// What the customer gets of it, so that nobody is helped, or harmed, without noticing; it is
  /// queued in the transaction that does it (R4).
  package var notice: Message.Kind? {
    switch self {
    case .enableSMSStep: .smsStepEnabled
    case .endSessions: .sessionsEnded
    case .lock, .lockForNewProof: .accountLocked
    case .unlock: .accountUnlocked
    case .declineRequest: .dataRequestDeclined
    case .changeUserName: .userNameChanged
    // The code is the notice.
    case .resendEmailCode, .correctEmail: .emailCode
    // A limit on guessing is as it was a day later: the account and what it can do are the same.
    case .liftLoginCounts, .liftSMSCounts, .liftMismatchCounts: nil
    // The address that an account loses is probably somebody else's.
    case .freeAddress: nil
    // The message itself arrives, or does not.
    case .retryMessage, .cancelMessage: nil
    // What was asked for is handed over first, which no letter of ours can do.
    case .finishRequest: nil
    // Afterwards nobody knows any address.
    case .erase: nil
    }
  }

  package enum Operand: Sendable {
    case nothing
    case email
    /// A message of the customer's.
    case message
    /// An open request of the customer's.
    case request
  }

  /// What came of it.
  package enum Outcome: Hashable, Sendable {
    case done
    /// A second person has to agree now.
    case consentAsked
    /// The same waits for consent already.
    case alreadyAsked
    case reasonMissing
    /// There are no words for the customer, or too many.
    case wordsMissing
    case emailInvalid(EmailAddress.Invalid)
    case emailTaken
    case proofMissing
    /// The code that the caller read out is another one; the try is counted.
    case codeWrong
    /// The code is over, or its tries are.
    case codeOver
    /// What was typed cannot be the code.
    case codeUnreadable
    /// This role may not.
    case forbidden
    /// It does not fit how things stand: another has done it, or there is no account.
    case outOfTurn
    case tooMany
    /// The session has no such case open.
    case notOpen
  }
}
