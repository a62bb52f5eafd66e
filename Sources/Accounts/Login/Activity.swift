package import Domain
package import FoundationEssentials

/// One line of the audit trail, as the account's owner may read it.
package struct Activity: Hashable, Sendable {
  package let at: Date
  package let kind: Kind
  /// What it was done with, if known.
  package let device: Device

  /// What an owner may read about, each with a sentence of its own.
  package enum Kind: CaseIterable, Hashable, Sendable {
    case registered
    case loggedIn
    case loginFailed
    case loggedOut
    case newDevice
    case oldestSessionEnded
    case sessionEnded
    case otherSessionsEnded
    case allSessionsEnded
    case sessionsEndedByStaff
    case emailCodeSent
    case emailCodeWrong
    case emailConfirmed
    case emailCorrected
    case emailTaken
    case passwordRecovered
    case passwordChanged
    case recoveryRequested
    case recoveryCodeWrong
    case registeredAgain
    case declared
    case documentsAccepted
    case contractEndRefused
    case dataRequested
    case dataRequestRefused
    case addressCodeSent
    case addressCodeWrong
    case correspondenceChanged
    case correspondenceRemoved
    case userNameChanged
    case userNameRestored
    case userNameUndoWrong
    case renumbered
    case accountLocked
    case accountUnlocked
    case loginCodeAsked
    case loginCodeWrong
    case stepUpAsked
    case stepUpWrong
    case stepUpProven
  }
}

extension Activity.Kind {
  /// Decides for each kind of event whether the account's owner may read it; a new kind does not
  /// compile without a decision.
  init?(_ kind: AuditEvent.Kind) {
    switch kind {
    case .registered: self = .registered
    case .loggedIn: self = .loggedIn
    case .loginFailed: self = .loginFailed
    case .loggedOut: self = .loggedOut
    case .newDevice: self = .newDevice
    case .oldestSessionEnded: self = .oldestSessionEnded
    case .sessionEnded: self = .sessionEnded
    case .otherSessionsEnded: self = .otherSessionsEnded
    case .allSessionsEnded: self = .allSessionsEnded
    case .sessionsEndedByStaff: self = .sessionsEndedByStaff
    case .emailCodeSent: self = .emailCodeSent
    case .emailCodeWrong: self = .emailCodeWrong
    case .emailConfirmed: self = .emailConfirmed
    case .emailCorrected: self = .emailCorrected
    case .emailTaken: self = .emailTaken
    case .passwordRecovered: self = .passwordRecovered
    case .passwordChanged: self = .passwordChanged
    case .recoveryRequested: self = .recoveryRequested
    case .recoveryCodeWrong: self = .recoveryCodeWrong
    case .registeredAgain: self = .registeredAgain
    case .declared: self = .declared
    case .documentsAccepted: self = .documentsAccepted
    case .contractEndRefused: self = .contractEndRefused
    case .dataRequested: self = .dataRequested
    case .dataRequestRefused: self = .dataRequestRefused
    case .addressCodeSent: self = .addressCodeSent
    case .addressCodeWrong: self = .addressCodeWrong
    case .correspondenceChanged: self = .correspondenceChanged
    case .correspondenceRemoved: self = .correspondenceRemoved
    case .userNameChanged: self = .userNameChanged
    case .userNameRestored: self = .userNameRestored
    case .userNameUndoWrong: self = .userNameUndoWrong
    case .renumbered: self = .renumbered
    case .accountLocked: self = .accountLocked
    case .accountUnlocked: self = .accountUnlocked
    case .loginCodeAsked: self = .loginCodeAsked
    case .loginCodeWrong: self = .loginCodeWrong
    case .stepUpAsked: self = .stepUpAsked
    case .stepUpWrong: self = .stepUpWrong
    case .stepUpProven: self = .stepUpProven
    // The account has ended, or it is the insurer's own work.
    case .contractEnded, .dataRequestDone, .dataExported, .dataErased, .loginHeld,
      .sessionsEndedByRegister, .addressFreed, .accountShown, .registerShown, .handedOver,
      .handOverAcknowledged, .restored, .caseOpened, .caseShown, .valueShown, .listShown,
      .callerCodeSent, .callerCodeWrong, .callerProven, .loginCountsLifted, .smsCountsLifted,
      .mismatchCountsLifted, .messageRetried, .messageCancelled, .dataRequestDeclined,
      .consentAsked, .consentGiven, .consentRefused:
      return nil
    case .emailCorrectedByStaff: self = .emailCorrected
    // Staff's own accounts, which belong to nobody's.
    case .staffAdded, .staffReset, .staffDisabled, .staffEnrolled, .staffLoggedIn,
      .staffLoginFailed, .staffLoggedOut, .staffSearched:
      return nil
    // Past a limit, or of nobody in particular.
    case .emailLimit, .mistakeLimit, .loginLimit, .recoveryLimit, .userNameUndoLimit,
      .stepUpLimit:
      return nil
    // Steps of a registration: they belong to no account.
    case .claimInvalid, .mismatch, .mismatchLimit, .smsSent, .smsLimit, .smsCodeWrong,
      .smsCodeAccepted, .smsStepDisabled, .smsStepRefused, .smsStepEnabled, .contactGiven:
      return nil
    }
  }
}

extension AuditEvent.Kind {
  /// Whether the detail is a device's code.
  var tellsDevice: Bool {
    switch self {
    case .loggedIn, .newDevice, .oldestSessionEnded, .sessionEnded: true
    default: false
    }
  }
}
