internal import Domain
internal import Pages
internal import Wording

/// The pages that say where the person is and what is next, when the asked one cannot be shown.
extension Site {
  func registrationMissing(_ context: SiteContext) -> Notice {
    notice(
      "notice.missing.title", "notice.missing.body", context,
      [("action.startRegistration", .identify), ("action.logIn", .logIn)])
  }

  func registrationExpired(_ context: SiteContext) -> Notice {
    notice(
      "notice.expired.title", "notice.expired.body", context,
      [("action.startAgain", .identify)])
  }

  func stepDone(_ here: CustomerPath, _ context: SiteContext) -> Notice {
    notice(
      "notice.done.title", "notice.done.body", context, [("action.continueHere", here)],
      isError: false)
  }

  func stepNotReached(_ here: CustomerPath, _ context: SiteContext) -> Notice {
    notice(
      "notice.notReached.title", "notice.notReached.body", context,
      [("action.continueHere", here)])
  }

  /// Told only after the code from the SMS (D 4).
  func alreadyRegistered(_ email: EmailAddress, _ context: SiteContext) -> Notice {
    let texts = texts(context)
    return Notice(
      texts["notice.already.title"],
      [texts["notice.already.body", ["userName": email.masked]]],
      actions: actions(
        [("action.logIn", .logIn), ("action.recover", .recovery)], context), isError: false)
  }

  func stopped(_ stop: Registration.Stop, _ context: SiteContext) -> Notice {
    switch stop {
    case .smsStepDisabled:
      notice("notice.smsDisabled.title", "notice.smsDisabled.body", context, [])
    case .takenEmails:
      notice(
        "notice.takenEmails.title", "notice.takenEmails.body", context,
        [("action.logIn", .logIn)])
    }
  }

  /// Too many wrong codes of everybody today (D 1).
  func smsSuspended(_ context: SiteContext) -> Notice {
    notice("notice.smsSuspended.title", "notice.smsSuspended.body", context, [])
  }

  func tooManyMessages(_ context: SiteContext) -> Notice {
    notice("notice.tooManyMessages.title", "notice.tooManyMessages.body", context, [])
  }

  func tooManyTries(minutes: Int, _ context: SiteContext) -> Notice {
    let texts = texts(context)
    return Notice(
      texts["notice.tooManyTries.title"],
      [texts["notice.tooManyTries.body", ["minutes": String(minutes)]]],
      actions: actions([("action.toStart", .start)], context))
  }

  func limited(_ context: SiteContext) -> Notice {
    notice(
      "notice.limited.title", "notice.limited.body", context,
      [("action.enterEmailCode", .confirmEmail)], isError: false)
  }

  private func notice(
    _ title: TextKey, _ body: TextKey, _ context: SiteContext,
    _ ways: [(TextKey, CustomerPath)], isError: Bool = true
  ) -> Notice {
    let texts = texts(context)
    return Notice(texts[title], [texts[body]], actions: actions(ways, context), isError: isError)
  }

  private func actions(
    _ ways: [(TextKey, CustomerPath)], _ context: SiteContext
  ) -> [Notice.Action] {
    let texts = texts(context)
    return ways.enumerated().map { place, way in
      Notice.Action(texts[way.0], path: way.1.rawValue, isPrimary: place == 0)
    }
  }
}
