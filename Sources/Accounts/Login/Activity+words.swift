package import Wording

extension Activity.Kind {
  /// What it is called, to its owner and to staff.
  package var sentence: TextKey {
    switch self {
    case .registered: "activity.registered"
    case .loggedIn: "activity.loggedIn"
    case .loginFailed: "activity.loginFailed"
    case .loggedOut: "activity.loggedOut"
    case .newDevice: "activity.newDevice"
    case .oldestSessionEnded: "activity.oldestSessionEnded"
    case .sessionEnded: "activity.sessionEnded"
    case .otherSessionsEnded: "activity.otherSessionsEnded"
    case .allSessionsEnded: "activity.allSessionsEnded"
    case .sessionsEndedByStaff: "activity.sessionsEndedByStaff"
    case .emailCodeSent: "activity.emailCodeSent"
    case .emailCodeWrong: "activity.emailCodeWrong"
    case .emailConfirmed: "activity.emailConfirmed"
    case .emailCorrected: "activity.emailCorrected"
    case .emailTaken: "activity.emailTaken"
    case .passwordRecovered: "activity.passwordRecovered"
    case .passwordChanged: "activity.passwordChanged"
    case .recoveryRequested: "activity.recoveryRequested"
    case .recoveryCodeWrong: "activity.recoveryCodeWrong"
    case .registeredAgain: "activity.registeredAgain"
    case .declared: "activity.declared"
    case .documentsAccepted: "activity.documentsAccepted"
    case .contractEndRefused: "activity.contractEndRefused"
    case .dataRequested: "activity.dataRequested"
    case .dataRequestRefused: "activity.dataRequestRefused"
    case .addressCodeSent: "activity.addressCodeSent"
    case .addressCodeWrong: "activity.addressCodeWrong"
    case .correspondenceChanged: "activity.correspondenceChanged"
    case .correspondenceRemoved: "activity.correspondenceRemoved"
    case .userNameChanged: "activity.userNameChanged"
    case .userNameRestored: "activity.userNameRestored"
    case .userNameUndoWrong: "activity.userNameUndoWrong"
    case .renumbered: "activity.renumbered"
    case .accountLocked: "activity.accountLocked"
    case .accountUnlocked: "activity.accountUnlocked"
    case .loginCodeAsked: "activity.loginCodeAsked"
    case .loginCodeWrong: "activity.loginCodeWrong"
    case .stepUpAsked: "activity.stepUpAsked"
    case .stepUpWrong: "activity.stepUpWrong"
    case .stepUpProven: "activity.stepUpProven"
    }
  }
}
