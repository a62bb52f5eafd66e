internal import Domain

/// A place that any sentence may have: what it says is the same as long as the program runs.
package enum Constant: String, CaseIterable {
  // What the brand says.
  case insurer
  case portal
  case phone
  case phoneLink
  case hours
  case email
  // What the limits say.
  case messagesOfRegistration
  case lifeOfRegistration
  case idleOfSession
  case longestSession
  case lifeOfLoginCode
  case lifeOfRecovery
  case pauseOfLogin
}

extension Texts {
  /// The sentences with the places filled that any of them may have.
  func filling(_ facts: BrandFacts, _ limits: Limits) -> Texts {
    let values = Constant.allCases.map { constant in
      let value =
        switch constant {
        case .insurer: facts.insurerName
        case .portal: facts.portalName
        case .phone: facts.callCentrePhone
        case .phoneLink: facts.callCentrePhoneLink
        case .hours: facts.callCentreHours[language.rawValue] ?? ""
        case .email: facts.email
        case .messagesOfRegistration: String(limits.smsPerRegistration)
        case .lifeOfRegistration: time(limits.registrationLifetimeSeconds)
        case .idleOfSession: time(limits.sessionIdleSeconds)
        case .longestSession: time(limits.sessionAbsoluteSeconds)
        case .lifeOfLoginCode: time(limits.loginCodeLifetimeSeconds)
        case .lifeOfRecovery: time(limits.recoveryLifetimeSeconds)
        case .pauseOfLogin: time(limits.loginDelaySecondsMax)
        }
      return (constant.rawValue, value)
    }
    return filling(Dictionary(uniqueKeysWithValues: values))
  }

  /// A length of time that is not exact to the second, in words: hours from two on, then minutes.
  ///
  /// Rounded down, so that nobody comes a minute too late.
  package func time(atMost seconds: Int) -> String {
    if seconds >= 7200 { return time(seconds - seconds % 3600) }
    if seconds >= 60 { return time(seconds - seconds % 60) }
    return time(max(0, seconds))
  }

  /// A length of time in whole minutes or hours, rounded up: nobody is told to come too early.
  package func time(atLeast seconds: Int) -> String {
    let unit = seconds > 7200 ? 3600 : 60
    return time((max(1, seconds) + unit - 1) / unit * unit)
  }

  /// A length of time in the largest unit that tells it exactly, such as «24 óra» or "90 seconds".
  private func time(_ seconds: Int) -> String {
    if seconds > 0, seconds.isMultiple(of: 3600) {
      let count = String(seconds / 3600)
      return seconds == 3600
        ? self["time.hour", ["count": count]] : self["time.hours", ["count": count]]
    }
    if seconds > 0, seconds.isMultiple(of: 60) {
      let count = String(seconds / 60)
      return seconds == 60
        ? self["time.minute", ["count": count]] : self["time.minutes", ["count": count]]
    }
    let count = String(seconds)
    return seconds == 1
      ? self["time.second", ["count": count]] : self["time.seconds", ["count": count]]
  }
}
