internal import Wording

extension AuditEvent.Kind {
  /// What staff read in the course of events; a new kind does not compile without its words.
  var sentence: TextKey {
    switch self {
    case .claimInvalid: "caseEvent.claimInvalid"
    case .mismatch: "caseEvent.mismatch"
    case .mismatchLimit: "caseEvent.mismatchLimit"
    case .mistakeLimit: "caseEvent.mistakeLimit"
    case .smsSent: "caseEvent.smsSent"
    case .smsLimit: "caseEvent.smsLimit"
    case .smsCodeWrong: "caseEvent.smsCodeWrong"
    case .smsCodeAccepted: "caseEvent.smsCodeAccepted"
    case .smsStepDisabled: "caseEvent.smsStepDisabled"
    case .smsStepRefused: "caseEvent.smsStepRefused"
    case .smsStepEnabled: "caseEvent.smsStepEnabled"
    case .contactGiven: "caseEvent.contactGiven"
    case .loginLimit: "caseEvent.loginLimit"
    case .emailLimit: "caseEvent.emailLimit"
    case .recoveryLimit: "caseEvent.recoveryLimit"
    case .contractEnded: "caseEvent.contractEnded"
    case .dataRequestDone: "caseEvent.dataRequestDone"
    case .dataExported: "caseEvent.dataExported"
    case .dataErased: "caseEvent.dataErased"
    case .userNameUndoLimit: "caseEvent.userNameUndoLimit"
    case .accountShown: "caseEvent.accountShown"
    case .registerShown: "caseEvent.registerShown"
    case .handedOver: "caseEvent.handedOver"
    case .handOverAcknowledged: "caseEvent.handOverAcknowledged"
    case .loginHeld: "caseEvent.loginHeld"
    case .sessionsEndedByRegister: "caseEvent.sessionsEndedByRegister"
    case .addressFreed: "caseEvent.addressFreed"
    case .stepUpLimit: "caseEvent.stepUpLimit"
    case .restored: "caseEvent.restored"
    case .emailTaken, .registered, .loggedIn, .loginFailed, .loggedOut, .emailCodeSent,
      .emailCodeWrong, .emailConfirmed, .emailCorrected, .recoveryRequested, .recoveryCodeWrong,
      .passwordRecovered, .passwordChanged, .registeredAgain, .newDevice, .oldestSessionEnded,
      .sessionEnded, .otherSessionsEnded, .allSessionsEnded, .sessionsEndedByStaff, .declared,
      .documentsAccepted, .contractEndRefused, .dataRequested, .dataRequestRefused,
      .addressCodeSent, .addressCodeWrong, .correspondenceChanged, .correspondenceRemoved,
      .userNameChanged, .userNameRestored, .userNameUndoWrong, .renumbered, .accountLocked,
      .accountUnlocked, .loginCodeAsked, .loginCodeWrong, .stepUpAsked, .stepUpWrong, .stepUpProven,
      .emailCorrectedByStaff:
      Activity.Kind(self)?.sentence ?? "caseEvent.other"
    case .staffAdded, .staffReset, .staffDisabled, .staffEnrolled, .staffLoggedIn,
      .staffLoginFailed, .staffLoggedOut, .staffSearched, .caseOpened, .caseShown, .valueShown,
      .listShown, .callerCodeSent, .callerCodeWrong, .callerProven, .loginCountsLifted,
      .smsCountsLifted, .mismatchCountsLifted, .messageRetried, .messageCancelled,
      .dataRequestDeclined, .consentAsked, .consentGiven, .consentRefused:
      sentenceOfStaff
    }
  }

  /// The same of what staff do.
  private var sentenceOfStaff: TextKey {
    switch self {
    case .staffAdded: "caseEvent.staffAdded"
    case .staffReset: "caseEvent.staffReset"
    case .staffDisabled: "caseEvent.staffDisabled"
    case .staffEnrolled: "caseEvent.staffEnrolled"
    case .staffLoggedIn: "caseEvent.staffLoggedIn"
    case .staffLoginFailed: "caseEvent.staffLoginFailed"
    case .staffLoggedOut: "caseEvent.staffLoggedOut"
    case .staffSearched: "caseEvent.staffSearched"
    case .caseOpened: "caseEvent.caseOpened"
    case .caseShown: "caseEvent.caseShown"
    case .valueShown: "caseEvent.valueShown"
    case .listShown: "caseEvent.listShown"
    case .callerCodeSent: "caseEvent.callerCodeSent"
    case .callerCodeWrong: "caseEvent.callerCodeWrong"
    case .callerProven: "caseEvent.callerProven"
    case .loginCountsLifted: "caseEvent.loginCountsLifted"
    case .smsCountsLifted: "caseEvent.smsCountsLifted"
    case .mismatchCountsLifted: "caseEvent.mismatchCountsLifted"
    case .messageRetried: "caseEvent.messageRetried"
    case .messageCancelled: "caseEvent.messageCancelled"
    case .dataRequestDeclined: "caseEvent.dataRequestDeclined"
    case .consentAsked: "caseEvent.consentAsked"
    case .consentGiven: "caseEvent.consentGiven"
    case .consentRefused: "caseEvent.consentRefused"
    default: "caseEvent.other"
    }
  }

  /// What a row's detail adds for staff: who of them did it and why, or the reason of a refusal.
  func shownDetail(_ detail: String) -> String {
    if detail.hasPrefix(StaffAct.mark) { return detail }
    switch self {
    case .mismatch, .claimInvalid, .smsLimit, .mismatchLimit, .stepUpLimit: return detail
    // A device's code, a pseudonym, a case number: nothing that helps.
    default: return ""
    }
  }
}
