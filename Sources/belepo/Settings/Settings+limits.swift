internal import Domain

extension Settings {
  /// The domain's limits as they are configured.
  var limits: Limits {
    var limits = Limits()
    limits.registrationLifetimeSeconds = seconds(.registrationLifetime)
    limits.mobilePrefixes = Setting.prefixes(checkedText(.mobilePrefixes))
    limits.mismatchesPerNumberPerHour = count(.mismatchesPerNumberPerHour)
    limits.mismatchesPerAddressPerTenMinutes = count(.mismatchesPerAddress)
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
    limits.addressUndoSeconds = seconds(.addressUndo)
    limits.addressUndoTriesPerDay = count(.addressUndoTries)
    limits.sessionIdleSeconds = seconds(.sessionIdle)
    limits.sessionAbsoluteSeconds = seconds(.sessionAbsolute)
    limits.loginFailuresWithoutDelay = count(.loginFailuresWithoutDelay)
    limits.loginDelaySecondsMax = seconds(.loginDelayMax)
    limits.abandonedDataSeconds = seconds(.retainAbandonedData)
    limits.registrationSeconds = seconds(.retainRegistrations)
    limits.messageSeconds = seconds(.retainMessages)
    limits.handOverSeconds = seconds(.retainHandOvers)
    limits.sessionSeconds = seconds(.retainSessions)
    return limits
  }
}
