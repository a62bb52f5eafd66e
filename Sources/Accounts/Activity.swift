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
    case emailCodeSent
    case emailCodeWrong
    case emailConfirmed
    case emailCorrected
    case emailTaken
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
    case .emailCodeSent: self = .emailCodeSent
    case .emailCodeWrong: self = .emailCodeWrong
    case .emailConfirmed: self = .emailConfirmed
    case .emailCorrected: self = .emailCorrected
    case .emailTaken: self = .emailTaken
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
