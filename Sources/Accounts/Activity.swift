package import Domain
package import FoundationEssentials

/// One line of the audit trail as the account's owner may read it.
package struct Activity: Hashable, Sendable {
  package let at: Date
  package let kind: Kind
  /// What it was done with, where that is known.
  package let device: Device

  /// What an owner may read of, each with a sentence of its own.
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
  }
}

extension Activity.Kind {
  /// Decides for each kind of the trail whether the account's owner reads it; a new kind does not
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
    // The account is at its end, or it is the insurer's own work.
    case .contractEnded, .dataRequestDone, .dataExported, .dataErased: return nil
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
