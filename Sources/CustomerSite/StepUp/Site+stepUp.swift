internal import Accounts
internal import Hummingbird
internal import Pages
internal import Wording

/// What is said when no code can be sent: the call centre is the way on (R2).
extension Site {
  func stepUpImpossible(_ obstacle: StepUpObstacle, _ context: SiteContext) -> Notice {
    switch obstacle {
    case .noNumber: call("notice.stepUpNoNumber.title", "notice.stepUpNoNumber.body", context)
    case .smsStepDisabled:
      call("notice.smsDisabled.title", "notice.smsDisabled.body", context)
    }
  }

  /// Everybody's codes are paused (D 1).
  func stepUpSuspended(_ context: SiteContext) throws -> Response {
    try response(
      call("notice.smsSuspended.title", "notice.smsSuspended.body", context), context,
      status: .serviceUnavailable, retryAfterSeconds: 60 * 60)
  }

  /// No more messages today (D 2); a code that was sent before stays valid until it expires.
  func stepUpTooManyMessages(
    hasLiveCode: Bool, _ context: SiteContext
  ) throws -> Response {
    let texts = texts(context)
    var paragraphs = [texts["notice.tooManyMessages.today"]]
    if hasLiveCode { paragraphs.insert(texts["notice.tooManyMessages.code"], at: 0) }
    let code = Notice.Action(
      texts["action.enterCode"], path: CustomerPath.stepUp.rawValue, isPrimary: true)
    return try response(
      Notice(
        texts["notice.tooManyMessages.title"], paragraphs,
        actions: hasLiveCode ? [code] : [toHome(context)], isCall: !hasLiveCode,
        page: CustomerPath.stepUp.rawValue),
      context, status: .tooManyRequests, retryAfterSeconds: 24 * 60 * 60)
  }

  private func call(_ title: TextKey, _ body: TextKey, _ context: SiteContext) -> Notice {
    let texts = texts(context)
    return Notice(
      texts[title], [texts[body]], actions: [toHome(context)], isCall: true,
      page: CustomerPath.stepUp.rawValue)
  }

  private func toHome(_ context: SiteContext) -> Notice.Action {
    Notice.Action(texts(context)["account.toHome"], path: CustomerPath.home.rawValue)
  }
}
