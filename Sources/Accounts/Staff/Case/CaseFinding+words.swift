internal import Domain
package import Wording

extension CaseFinding {
  /// The true reason, for staff.
  package func reason(in texts: Texts) -> String {
    switch self {
    case .mismatch(let mismatch, _): texts[mismatchReason(mismatch)]
    case .claimInvalid: texts["finding.claimInvalid.reason"]
    case .mismatchLimit(let until):
      texts["finding.mismatchLimit.reason", ["until": texts.instant(until)]]
    case .noRegister: texts["finding.noRegister.reason"]
    case .smsUnderWay(let at):
      texts["finding.smsUnderWay.reason", ["since": texts.instant(at)]]
    case .smsDelayed(let at): texts["finding.smsDelayed.reason", ["since": texts.instant(at)]]
    case .smsArrived: texts["finding.smsArrived.reason"]
    case .smsRefused: texts["finding.smsRefused.reason"]
    case .smsTooLate: texts["finding.smsTooLate.reason"]
    case .smsDayLimit(let until):
      texts["finding.smsDayLimit.reason", ["until": texts.instant(until)]]
    case .smsRegistrationLimit(let until):
      texts["finding.smsRegistrationLimit.reason", ["until": texts.instant(until)]]
    case .smsSuspended(let until):
      texts["finding.smsSuspended.reason", ["until": texts.instant(until)]]
    case .smsOtherLimit: texts["finding.smsOtherLimit.reason"]
    case .wrongCodes(let count): texts["finding.wrongCodes.reason", ["count": String(count)]]
    case .smsStepDisabled(let since):
      texts["finding.smsStepDisabled.reason", ["since": texts.instant(since)]]
    case .phoneProven: texts["finding.phoneProven.reason"]
    case .addressTaken(let times):
      texts["finding.addressTaken.reason", ["count": String(times)]]
    case .takenEmails: texts["finding.takenEmails.reason"]
    case .registerChanged: texts["finding.registerChanged.reason"]
    case .alreadyRegistered: texts["finding.alreadyRegistered.reason"]
    case .letterUnderWay: texts["finding.letterUnderWay.reason"]
    case .letterSent(let at): texts["finding.letterSent.reason", ["since": texts.instant(at)]]
    case .letterBounced: texts["finding.letterBounced.reason"]
    case .addressUnconfirmed: texts["finding.addressUnconfirmed.reason"]
    case .recoveryUnderWay: texts["finding.recoveryUnderWay.reason"]
    case .recoverySent(let at): texts["finding.recoverySent.reason", ["since": texts.instant(at)]]
    case .recoveryBounced: texts["finding.recoveryBounced.reason"]
    case .loginFailures(let count): texts["finding.loginFailures.reason", ["count": String(count)]]
    case .accountLocked(.staff, let since):
      texts["finding.lockedByStaff.reason", ["since": texts.instant(since)]]
    case .accountLocked(.newProof, let since):
      texts["finding.lockedNewProof.reason", ["since": texts.instant(since)]]
    case .ownerBlocked: texts["finding.ownerBlocked.reason"]
    case .ownerDeceased: texts["finding.ownerDeceased.reason"]
    case .ownerClosed: texts["finding.ownerClosed.reason"]
    case .ownerGone: texts["finding.ownerGone.reason"]
    case .renumbered(let at): texts["finding.renumbered.reason", ["since": texts.day(of: at)]]
    case .userNameChanged(let at):
      texts["finding.userNameChanged.reason", ["since": texts.instant(at)]]
    case .dataRequest(.copy, let by):
      texts["finding.copyAsked.reason", ["until": texts.day(of: by)]]
    case .dataRequest(.erasure, let by):
      texts["finding.erasureAsked.reason", ["until": texts.day(of: by)]]
    case .sharedPhone(let count): texts["finding.sharedPhone.reason", ["count": String(count)]]
    case .noAccount: texts["finding.noAccount.reason"]
    case .nothing: texts["finding.nothing.reason"]
    }
  }

  private func mismatchReason(_ mismatch: Mismatch) -> TextKey {
    switch mismatch {
    case .unknownNumber: "finding.unknownNumber.reason"
    case .oldCustomerNumber: "finding.oldNumber.reason"
    case .oldNumberOfSeveral: "finding.oldNumberOfSeveral.reason"
    case .severalCustomers: "finding.severalCustomers.reason"
    case .customerBlocked: "finding.customerBlocked.reason"
    case .customerDeceased: "finding.customerDeceased.reason"
    case .customerClosed: "finding.customerClosed.reason"
    case .noSMSNumber: "finding.noSMSNumber.reason"
    case .unsuitableSMSNumber: "finding.unsuitableSMSNumber.reason"
    case .otherMobile: "finding.otherMobile.reason"
    }
  }

  /// What an agent says to the caller.
  package func advice(in texts: Texts) -> String {
    switch self {
    case .mismatch(.otherMobile, let digits?):
      texts["finding.otherMobile.say", ["digits": digits]]
    case .mismatch(let mismatch, _): texts[mismatchAdvice(mismatch)]
    case .claimInvalid: texts["finding.claimInvalid.say"]
    case .mismatchLimit(let until):
      texts["finding.mismatchLimit.say", ["until": texts.instant(from: until)]]
    case .noRegister: texts["finding.noRegister.say"]
    case .smsUnderWay: texts["finding.smsUnderWay.say"]
    case .smsDelayed: texts["finding.smsDelayed.say"]
    case .smsArrived: texts["finding.smsArrived.say"]
    case .smsRefused: texts["finding.smsRefused.say"]
    case .smsTooLate: texts["finding.smsTooLate.say"]
    case .smsDayLimit(let until):
      texts["finding.smsDayLimit.say", ["until": texts.instant(from: until)]]
    case .smsRegistrationLimit(let until):
      texts["finding.smsRegistrationLimit.say", ["until": texts.instant(from: until)]]
    case .smsSuspended(let until):
      texts["finding.smsSuspended.say", ["until": texts.instant(from: until)]]
    case .smsOtherLimit: texts["finding.smsOtherLimit.say"]
    case .wrongCodes: texts["finding.wrongCodes.say"]
    case .smsStepDisabled: texts["finding.smsStepDisabled.say"]
    case .phoneProven: texts["finding.phoneProven.say"]
    case .addressTaken: texts["finding.addressTaken.say"]
    case .takenEmails: texts["finding.takenEmails.say"]
    case .registerChanged: texts["finding.registerChanged.say"]
    case .alreadyRegistered: texts["finding.alreadyRegistered.say"]
    case .letterUnderWay: texts["finding.letterUnderWay.say"]
    case .letterSent: texts["finding.letterSent.say"]
    case .letterBounced: texts["finding.letterBounced.say"]
    case .addressUnconfirmed: texts["finding.addressUnconfirmed.say"]
    case .recoveryUnderWay: texts["finding.recoveryUnderWay.say"]
    case .recoverySent: texts["finding.recoverySent.say"]
    case .recoveryBounced: texts["finding.recoveryBounced.say"]
    case .loginFailures: texts["finding.loginFailures.say"]
    case .accountLocked(.staff, _): texts["finding.lockedByStaff.say"]
    case .accountLocked(.newProof, _): texts["finding.lockedNewProof.say"]
    case .ownerBlocked: texts["finding.ownerBlocked.say"]
    case .ownerDeceased: texts["finding.ownerDeceased.say"]
    case .ownerClosed: texts["finding.ownerClosed.say"]
    case .ownerGone: texts["finding.ownerGone.say"]
    case .renumbered: texts["finding.renumbered.say"]
    case .userNameChanged: texts["finding.userNameChanged.say"]
    case .dataRequest: texts["finding.dataRequest.say"]
    case .sharedPhone: texts["finding.sharedPhone.say"]
    case .noAccount: texts["finding.noAccount.say"]
    case .nothing: texts["finding.nothing.say"]
    }
  }

  private func mismatchAdvice(_ mismatch: Mismatch) -> TextKey {
    switch mismatch {
    case .unknownNumber: "finding.unknownNumber.say"
    case .oldCustomerNumber, .oldNumberOfSeveral: "finding.oldNumber.say"
    case .severalCustomers: "finding.severalCustomers.say"
    case .customerBlocked: "finding.customerBlocked.say"
    case .customerDeceased: "finding.customerDeceased.say"
    case .customerClosed: "finding.customerClosed.say"
    case .noSMSNumber, .otherMobile: "finding.noSMSNumber.say"
    case .unsuitableSMSNumber: "finding.unsuitableSMSNumber.say"
    }
  }

  /// The name of the kind, which programs read and never changes.
  package var code: String {
    switch self {
    case .mismatch(let mismatch, _): "mismatch_\(mismatch.rawValue)"
    case .claimInvalid: "claim_invalid"
    case .mismatchLimit: "mismatch_limit"
    case .noRegister: "no_register"
    case .smsUnderWay: "sms_under_way"
    case .smsDelayed: "sms_delayed"
    case .smsArrived: "sms_arrived"
    case .smsRefused: "sms_refused"
    case .smsTooLate: "sms_too_late"
    case .smsDayLimit: "sms_day_limit"
    case .smsRegistrationLimit: "sms_registration_limit"
    case .smsSuspended: "sms_suspended"
    case .smsOtherLimit: "sms_other_limit"
    case .wrongCodes: "wrong_codes"
    case .smsStepDisabled: "sms_step_disabled"
    case .phoneProven: "phone_proven"
    case .addressTaken: "address_taken"
    case .takenEmails: "taken_emails"
    case .registerChanged: "register_changed"
    case .alreadyRegistered: "already_registered"
    case .letterUnderWay: "letter_under_way"
    case .letterSent: "letter_sent"
    case .letterBounced: "letter_bounced"
    case .addressUnconfirmed: "address_unconfirmed"
    case .recoveryUnderWay: "recovery_under_way"
    case .recoverySent: "recovery_sent"
    case .recoveryBounced: "recovery_bounced"
    case .loginFailures: "login_failures"
    case .accountLocked(let lock, _): "account_locked_\(lock.rawValue)"
    case .ownerBlocked: "owner_blocked"
    case .ownerDeceased: "owner_deceased"
    case .ownerClosed: "owner_closed"
    case .ownerGone: "owner_gone"
    case .renumbered: "renumbered"
    case .userNameChanged: "user_name_changed"
    case .dataRequest(let kind, _): "data_request_\(kind.rawValue)"
    case .sharedPhone: "shared_phone"
    case .noAccount: "no_account"
    case .nothing: "nothing"
    }
  }
}
