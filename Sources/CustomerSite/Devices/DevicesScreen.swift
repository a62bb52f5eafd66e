internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// Where somebody is logged in, and what happened to the account (J10).
struct DevicesScreen: Sendable {
  let site: Site
  let devices: Devices

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    // This session has just given access.
    guard let token = context.sessionToken else { return CustomerPath.logIn.seeOther() }
    let overview = try await devices.overview(of: account, in: token)
    let texts = site.texts(context)
    let message = FlashMessage(request)
    return try site.response(
      DevicesPage(
        frame: site.frame(texts["devices.title"], context),
        message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
        overview: overview, texts),
      context)
  }

  /// Ends the session that the form names, all others, or all.
  @Sendable func end(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    guard let token = context.sessionToken else { return CustomerPath.logIn.seeOther() }
    switch context.form["session"] {
    case "all":
      try await devices.endAll(of: account)
      return context.loggedOut(message: .loggedOutEverywhere)
    case "others":
      try await devices.endOthers(of: account, in: token)
      return CustomerPath.devices.seeOther(message: .othersClosed)
    case let name:
      switch try await devices.end(name, of: account, in: token) {
      // A second click finds it ended, and says the same.
      case .ended: return CustomerPath.devices.seeOther(message: .sessionClosed)
      case .endedThis: return context.loggedOut(message: .loggedOut)
      case .missing: throw HTTPError(.notFound)
      }
    }
  }
}

struct DevicesPage: Page {
  var template: String { "devices" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let sessions: [Row]
  let hasOthers: Bool
  let lastLogin: String
  let lastDevice: String
  let hasLastLogin: Bool
  let failures: String
  let hasFailures: Bool
  let activities: [Line]
  let hasActivities: Bool

  init(
    frame: Frame, message: String, hasMessage: Bool, overview: Devices.Overview, _ texts: Texts
  ) {
    self.frame = frame
    self.message = message
    self.hasMessage = hasMessage
    sessions = overview.sessions.enumerated().map { Row($0.element, number: $0.offset + 1, texts) }
    hasOthers = overview.sessions.contains { !$0.isThis }
    lastLogin = overview.lastLogin.map { texts.instant($0.at) } ?? ""
    lastDevice = overview.lastLogin.map { texts.device($0.device) } ?? ""
    hasLastLogin = overview.lastLogin != nil
    failures = texts.failedLogins(overview.failures, isFirst: overview.lastLogin == nil)
    hasFailures = overview.failures > 0
    activities = overview.activities.map { Line($0, texts) }
    hasActivities = !overview.activities.isEmpty
  }

  struct Row: Sendable {
    let number: String
    let name: String
    let device: String
    let begun: String
    let lastUsed: String
    let isThis: Bool

    init(_ session: Devices.OpenSession, number: Int, _ texts: Texts) {
      self.number = String(number)
      name = session.name
      device = texts.device(session.device)
      begun = texts.instant(session.begunAt)
      lastUsed = texts.instant(session.lastUsedAt)
      isThis = session.isThis
    }
  }

  struct Line: Sendable {
    let when: String
    let what: String
    let device: String
    let hasDevice: Bool

    init(_ activity: Activity, _ texts: Texts) {
      when = texts.instant(activity.at)
      what = texts[activity.kind.sentence]
      device = activity.device.name ?? ""
      hasDevice = activity.device != .unknown
    }
  }
}
