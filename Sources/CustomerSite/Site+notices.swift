internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// Pages that say where the customer is and what is next, when another cannot be shown.
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

  /// Said only after the code from the SMS (D 4).
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
      notice("notice.smsDisabled.title", "notice.smsDisabled.body", context, [], isCall: true)
    case .registerChanged:
      notice(
        "notice.registerChanged.title", "notice.registerChanged.body", context,
        [("action.startAgain", .identify)])
    case .takenEmails:
      notice(
        "notice.takenEmails.title", "notice.takenEmails.body", context,
        [("action.logIn", .logIn)])
    }
  }

  /// Too many wrong codes by all customers today (D 1).
  func smsSuspended(_ context: SiteContext) throws -> Response {
    try response(
      notice("notice.smsSuspended.title", "notice.smsSuspended.body", context, []), context,
      status: .serviceUnavailable, retryAfterSeconds: 60 * 60)
  }

  /// There is no register yet.
  func registrationNotOpen(_ context: SiteContext) throws -> Response {
    try response(
      notice("notice.notOpen.title", "notice.notOpen.body", context, []), context,
      status: .serviceUnavailable, retryAfterSeconds: 60 * 60)
  }

  /// Nobody can be looked up at the moment; nothing was counted.
  func registerUnavailable(seconds: Int, _ context: SiteContext) throws -> Response {
    let texts = texts(context)
    return try response(
      Notice(
        texts["notice.registerUnavailable.title"],
        [texts["notice.registerUnavailable.body", ["minutes": String((seconds + 59) / 60)]]],
        actions: actions([("action.startAgain", .identify)], context)), context,
      status: .serviceUnavailable, retryAfterSeconds: seconds)
  }

  /// No more messages (D 2); a code that was sent before stays valid until it expires.
  ///
  /// - Parameter standing: of the registration whose page asked; `nil` on the first page
  func tooManyMessages(
    _ limit: Registration.MessageLimit, in standing: Registrations.Standing?,
    _ context: SiteContext, _ limits: Limits
  ) throws -> Response {
    let texts = texts(context)
    let wait = standing?.secondsLeft ?? limits.registrationLifetimeSeconds
    var paragraphs: [String]
    switch limit {
    case .day: paragraphs = [texts["notice.tooManyMessages.today"]]
    case .registration:
      paragraphs = [
        texts["notice.tooManyMessages.registration", ["wait": texts.time(atLeast: wait)]]
      ]
    }
    var ways: [(TextKey, CustomerPath)] = []
    if case .phone(let phone) = standing?.step, phone.isLive {
      paragraphs.insert(texts["notice.tooManyMessages.code"], at: 0)
      ways = [("action.enterCode", .enterCode)]
    }
    return try response(
      Notice(
        texts["notice.tooManyMessages.title"], paragraphs, actions: actions(ways, context),
        page: CustomerPath.enterCode.rawValue),
      context, status: .tooManyRequests,
      retryAfterSeconds: limit == .day ? 24 * 60 * 60 : wait)
  }

  func tooManyTries(minutes: Int, _ context: SiteContext) -> Notice {
    let texts = texts(context)
    return Notice(
      texts["notice.tooManyTries.title"],
      [texts["notice.tooManyTries.body", ["wait": texts.time(atLeast: minutes * 60)]]],
      actions: actions([("action.toStart", .start)], context))
  }

  /// Too many requests from one network address.
  func tooManyRecoveries(minutes: Int, _ context: SiteContext) -> Notice {
    let texts = texts(context)
    return Notice(
      texts["notice.tooManyTries.title"],
      [texts["notice.tooManyRecoveries.body", ["wait": texts.time(atLeast: minutes * 60)]]],
      actions: actions([("action.logIn", .logIn)], context))
  }

  func recoveryMissing(_ context: SiteContext) -> Notice {
    notice(
      "notice.missing.title", "notice.recoveryMissing.body", context,
      [("action.askForCode", .recovery), ("action.logIn", .logIn)])
  }

  func recoveryExpired(_ context: SiteContext) -> Notice {
    notice(
      "notice.recoveryExpired.title", "notice.recoveryExpired.body", context,
      [("action.askForCode", .recovery), ("action.logIn", .logIn)])
  }

  func recoveryDone(_ context: SiteContext) -> Notice {
    notice(
      "notice.recoveryDone.title", "notice.recoveryDone.body", context,
      [("action.logIn", .logIn), ("action.askForCode", .recovery)], isError: false)
  }

  /// Too many failed logins from one network.
  func tooManyLogins(minutes: Int, _ context: SiteContext) -> Notice {
    let texts = texts(context)
    return Notice(
      texts["notice.tooManyTries.title"],
      [texts["notice.tooManyLogins.body", ["wait": texts.time(atLeast: minutes * 60)]]],
      actions: actions([("action.recover", .recovery), ("action.toStart", .start)], context))
  }

  /// The password is right; the call centre says why the account is not open (D 12).
  func accountHeld(_ context: SiteContext) -> Notice {
    notice(
      "notice.accountHeld.title", "notice.accountHeld.body", context,
      [("action.toStart", .start)], isCall: true)
  }

  func logInCodeOver(_ context: SiteContext) -> Notice {
    notice(
      "notice.logInCodeOver.title", "notice.logInCodeOver.body", context,
      [("action.logIn", .logIn)], isError: false)
  }

  func limited(_ context: SiteContext) -> Notice {
    notice(
      "notice.limited.title", "notice.limited.body", context,
      [("action.enterEmailCode", .confirmEmail)], isError: false)
  }

  private func notice(
    _ title: TextKey, _ body: TextKey, _ context: SiteContext,
    _ ways: [(TextKey, CustomerPath)], isError: Bool = true, isCall: Bool = false
  ) -> Notice {
    let texts = texts(context)
    return Notice(
      texts[title], [texts[body]], actions: actions(ways, context, isCall: isCall),
      isError: isError, isCall: isCall)
  }

  private func actions(
    _ ways: [(TextKey, CustomerPath)], _ context: SiteContext, isCall: Bool = false
  ) -> [Notice.Action] {
    let texts = texts(context)
    return ways.enumerated().map { place, way in
      Notice.Action(texts[way.0], path: way.1.rawValue, isPrimary: place == 0 && !isCall)
    }
  }
}
