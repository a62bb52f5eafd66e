internal import Accounts
internal import Outbox
internal import Wording

/// What things are called on the staff's site, by exhaustive switches (R1).

extension CaseValue {
  var label: TextKey {
    switch self {
    case .name: "caseValue.name"
    case .customerNumber: "caseValue.customerNumber"
    case .phone: "caseValue.phone"
    case .emailOnFile: "caseValue.emailOnFile"
    case .userName: "caseValue.userName"
    }
  }
}

extension CaseAct {
  var label: TextKey {
    switch self {
    case .enableSMSStep: "caseAct.enableSMSStep"
    case .liftLoginCounts: "caseAct.liftLoginCounts"
    case .liftSMSCounts: "caseAct.liftSMSCounts"
    case .liftMismatchCounts: "caseAct.liftMismatchCounts"
    case .resendEmailCode: "caseAct.resendEmailCode"
    case .correctEmail: "caseAct.correctEmail"
    case .endSessions: "caseAct.endSessions"
    case .lock: "caseAct.lock"
    case .lockForNewProof: "caseAct.lockForNewProof"
    case .unlock: "caseAct.unlock"
    case .freeAddress: "caseAct.freeAddress"
    case .changeUserName: "caseAct.changeUserName"
    case .retryMessage: "caseAct.retryMessage"
    case .cancelMessage: "caseAct.cancelMessage"
    case .finishRequest: "caseAct.finishRequest"
    case .declineRequest: "caseAct.declineRequest"
    case .erase: "caseAct.erase"
    }
  }

  /// What it does, to be read before.
  var effect: TextKey {
    switch self {
    case .enableSMSStep: "caseEffect.enableSMSStep"
    case .liftLoginCounts: "caseEffect.liftLoginCounts"
    case .liftSMSCounts: "caseEffect.liftSMSCounts"
    case .liftMismatchCounts: "caseEffect.liftMismatchCounts"
    case .resendEmailCode: "caseEffect.resendEmailCode"
    case .correctEmail: "caseEffect.correctEmail"
    case .endSessions: "caseEffect.endSessions"
    case .lock: "caseEffect.lock"
    case .lockForNewProof: "caseEffect.lockForNewProof"
    case .unlock: "caseEffect.unlock"
    case .freeAddress: "caseEffect.freeAddress"
    case .changeUserName: "caseEffect.changeUserName"
    case .retryMessage: "caseEffect.retryMessage"
    case .cancelMessage: "caseEffect.cancelMessage"
    case .finishRequest: "caseEffect.finishRequest"
    case .declineRequest: "caseEffect.declineRequest"
    case .erase: "caseEffect.erase"
    }
  }
}

extension DataRights.Kind {
  var label: TextKey {
    switch self {
    case .copy: "dataRights.copy"
    case .erasure: "dataRights.erasure"
    }
  }
}

extension Message.State {
  var label: TextKey {
    switch self {
    case .queued: "messageState.queued"
    case .leased: "messageState.leased"
    case .sent: "messageState.sent"
    case .delivered: "messageState.delivered"
    case .undeliverable: "messageState.undeliverable"
    case .expired: "messageState.expired"
    case .failed: "messageState.failed"
    case .cancelled: "messageState.cancelled"
    }
  }
}

extension CaseFile.SentMessage {
  var isTrouble: Bool {
    switch state {
    case .undeliverable, .expired, .failed: true
    case .queued, .leased: hasProblem
    case .sent, .delivered, .cancelled: false
    }
  }
}

extension Message.Kind {
  var label: TextKey {
    switch self {
    case .smsCode: "messageKind.smsCode"
    case .emailCode: "messageKind.emailCode"
    case .registered: "messageKind.registered"
    case .registeredAgain: "messageKind.registeredAgain"
    case .contract: "messageKind.contract"
    case .contractEnded: "messageKind.contractEnded"
    case .emailTaken: "messageKind.emailTaken"
    case .recoveryCode: "messageKind.recoveryCode"
    case .passwordChanged: "messageKind.passwordChanged"
    case .loginNewDevice: "messageKind.loginNewDevice"
    case .loginAfterFailures: "messageKind.loginAfterFailures"
    case .correspondenceCode: "messageKind.correspondenceCode"
    case .correspondenceChanged: "messageKind.correspondenceChanged"
    case .userNameCode: "messageKind.userNameCode"
    case .userNameChanged: "messageKind.userNameChanged"
    case .userNameUndo: "messageKind.userNameUndo"
    case .userNameRestored: "messageKind.userNameRestored"
    case .accountLocked: "messageKind.accountLocked"
    case .accountUnlocked: "messageKind.accountUnlocked"
    case .loginCode: "messageKind.loginCode"
    case .callerCode: "messageKind.callerCode"
    case .smsStepEnabled: "messageKind.smsStepEnabled"
    case .sessionsEnded: "messageKind.sessionsEnded"
    case .dataRequestDeclined: "messageKind.dataRequestDeclined"
    case .stepUpCode: "messageKind.stepUpCode"
    }
  }
}
