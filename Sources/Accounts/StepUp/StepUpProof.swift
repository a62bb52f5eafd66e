internal import Domain

/// What can prove once more that somebody in the portal is the account's owner (ASVS 7.5.3).
///
/// This is the seam for passkeys and authenticator apps: a new case does not compile until it is
/// decided who may use it, ``StepUpWay``, and which page asks for it, ``StepUps/Standing``. Each
/// ends in the same place, ``StepUps/prove(_:by:after:in:at:)``.
package enum StepUpProof: String, CaseIterable, Sendable {
  /// A code to the number that the register has.
  case sms
}

/// Which proof an account's owner can give at present.
enum StepUpWay {
  case sms(PhoneNumber)
  case none(StepUpObstacle)
}

/// Why an account's owner can give no proof on their own; the call centre helps.
package enum StepUpObstacle: String, CaseIterable, Sendable {
  /// The register has no number, or one that is not texted.
  case noNumber = "no_number"
  /// Ten wrong codes in a row (D 1).
  case smsStepDisabled = "sms_step_disabled"
}

extension StepUpWay {
  /// - Parameters:
  ///   - number: in the register at present
  ///   - isDisabled: whether the SMS step of the customer is
  init(number: PhoneNumber?, isDisabled: Bool, limits: Limits) {
    guard let number, number.hasPrefix(in: limits.mobilePrefixes) else {
      self = .none(.noNumber)
      return
    }
    self = isDisabled ? .none(.smsStepDisabled) : .sms(number)
  }
}
