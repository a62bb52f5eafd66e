internal import Domain
internal import NIOCore
internal import WebServer

extension Settings {
  /// The domain's limits as they are configured.
  var limits: Limits {
    var limits = Limits()
    limits.registrationLifetimeSeconds = seconds(.registrationLifetime)
    limits.registrationLongestSeconds = seconds(.registrationLongest)
    limits.mobilePrefixes = Setting.prefixes(checkedText(.mobilePrefixes))
    limits.mismatchesPerNumberPerHour = count(.mismatchesPerNumberPerHour)
    limits.mismatchesPerAddressPerTenMinutes = count(.mismatchesPerAddress)
    limits.mistakesPerAddressPerTenMinutes = count(.mistakesPerAddress)
    limits.smsAlphabet = CodeAlphabet(rawValue: checkedText(.smsAlphabet)) ?? .digits
    limits.smsCodeLifetimeSeconds = seconds(.smsLifetime)
    limits.smsTriesPerCode = count(.smsTriesPerCode)
    limits.smsFailuresPerCustomer = count(.smsFailuresPerCustomer)
    limits.smsFailuresPerDay = count(.smsFailuresPerDay)
    limits.resendAfterSeconds = seconds(.smsResendAfter)
    limits.sameCodeForSeconds = seconds(.sameCodeFor)
    limits.smsPerRegistration = count(.smsPerRegistration)
    limits.smsPerNumberPerDay = count(.smsPerNumberPerDay)
    limits.smsPerHour = count(.smsPerHour)
    limits.smsPerDay = count(.smsPerDay)
    limits.smsPerCustomerPerDay = count(.smsPerCustomerPerDay)
    limits.emailCodeLifetimeSeconds = seconds(.emailLifetime)
    limits.emailTriesPerCode = count(.emailTriesPerCode)
    limits.emailsPerAccountPerDay = count(.emailsPerAccountPerDay)
    limits.takenEmailsPerRegistration = count(.takenEmailsPerRegistration)
    limits.takenEmailsPerAccountPerDay = count(.takenEmailsPerAccountPerDay)
    limits.recoveryLifetimeSeconds = seconds(.recoveryLifetime)
    limits.recoveryTriesPerCode = count(.recoveryTriesPerCode)
    limits.recoveryLettersPerHour = count(.recoveryLettersPerHour)
    limits.recoveriesPerAddressPerTenMinutes = count(.recoveriesPerAddress)
    limits.addressUndoSeconds = seconds(.addressUndo)
    limits.addressUndoTriesPerDay = count(.addressUndoTries)
    limits.sessionIdleSeconds = seconds(.sessionIdle)
    limits.sessionAbsoluteSeconds = seconds(.sessionAbsolute)
    limits.stepUpAfterSeconds = seconds(.stepUpAfter)
    limits.stepUpForSeconds = seconds(.stepUpFor)
    limits.loginFailuresWithoutDelay = count(.loginFailuresWithoutDelay)
    limits.loginDelaySecondsMax = seconds(.loginDelayMax)
    limits.sessionsPerAccount = count(.sessionsPerAccount)
    limits.loginFailuresPerAddressPerTenMinutes = count(.loginFailuresPerAddress)
    limits.loginFailuresPerHour = count(.loginFailuresPerHour)
    limits.loginFailuresTold = count(.loginFailuresTold)
    limits.loginFailuresPerUserNamePerDay = count(.loginFailuresPerUserName)
    limits.loginCodeLifetimeSeconds = seconds(.loginCodeLifetime)
    limits.codeTriesPerNetworkPerHour = count(.codeTriesPerNetwork)
    limits.codeFailuresPerUserNamePerDay = count(.codeFailuresPerUserName)
    limits.smsUnansweredPerNetworkPerDay = count(.smsUnansweredPerNetwork)
    limits.smsFailuresPerNetworkPerDay = count(.smsFailuresPerNetwork)
    limits.networkLimits = NetworkLimits(rawValue: checkedText(.networkLimits)) ?? .enforced
    limits.smsNoticesPerAccountPerDay = count(.smsNoticesPerAccount)
    limits.unconfirmedAddressSeconds = seconds(.unconfirmedAddress)
    limits.passwordChangesPerAccountPerDay = count(.passwordChangesPerAccount)
    limits.addressChangesPerAccountPerDay = count(.addressChangesPerAccount)
    limits.renumberingToldSeconds = seconds(.renumberingTold)
    limits.retention.abandonedDataSeconds = seconds(.retainAbandonedData)
    limits.retention.registrationSeconds = seconds(.retainRegistrations)
    limits.retention.messageSeconds = seconds(.retainMessages)
    limits.retention.handOverSeconds = seconds(.retainHandOvers)
    limits.retention.sessionSeconds = seconds(.retainSessions)
    limits.retention.knownDeviceSeconds = seconds(.retainKnownDevices)
    limits.retention.countSeconds = seconds(.retainCounts)
    limits.retention.anonymousEventSeconds = seconds(.retainAnonymousEvents)
    limits.retention.dataRequestSeconds = seconds(.retainDataRequests)
    limits.staff.linkLifetimeSeconds = seconds(.staffLinkLifetime)
    limits.staff.sessionIdleSeconds = seconds(.staffSessionIdle)
    limits.staff.sessionAbsoluteSeconds = seconds(.staffSessionAbsolute)
    limits.staff.wrongCodesPerDay = count(.staffWrongCodes)
    limits.staff.searchesPerHour = count(.staffSearches)
    limits.staff.openingsPerHour = count(.staffOpenings)
    limits.staff.callerCodeLifetimeSeconds = seconds(.callerCodeLifetime)
    limits.staff.callerCodeTries = count(.callerCodeTries)
    limits.staff.callerCodesPerDay = count(.callerCodesPerDay)
    limits.staff.callerProofSeconds = seconds(.callerProofFor)
    limits.staff.consentLifetimeSeconds = seconds(.consentLifetime)
    limits.sealAfterSeconds = seconds(.sealAfter)
    limits.dataRequestAnswerSeconds = seconds(.dataRequestAnswer)
    return limits
  }
}

extension Settings {
  /// The patience with customers' connections.
  var patience: Patience {
    Patience(
      idle: .seconds(Int64(seconds(.httpIdleTimeout))),
      request: .seconds(Int64(seconds(.httpRequestTimeout))),
      answer: .seconds(Int64(seconds(.httpAnswerTimeout))))
  }
}
