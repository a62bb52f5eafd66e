internal import Accounts
internal import Domain
internal import Hummingbird
internal import InternationalDomains
internal import Pages
internal import Wording

/// The portal's first page: the customer's policies, what is new and what can be done (J10).
struct HomeScreen: Sendable {
  let site: Site
  let portal: Portal

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let texts = site.texts(context)
    let home = try await portal.home(of: account, in: context.sessionToken)
    let message = FlashMessage(request)
    return try site.response(
      HomePage(
        frame: site.frame(texts["home.title"], context),
        message: message.map(texts.sentence) ?? "", hasMessage: message != nil, home: home,
        userName: account.email.shown, texts),
      context)
  }
}

struct HomePage: Page {
  var template: String { "home" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let name: String
  let hasName: Bool
  let userName: String
  let news: [Item]
  let hasNews: Bool
  let policies: [Row]
  let hasPolicies: Bool
  let asOf: String
  let hasAsOf: Bool
  let ways: [Way]
  let hasWays: Bool
  let lastLogin: String
  let lastDevice: String
  let hasLastLogin: Bool

  init(
    frame: Frame, message: String, hasMessage: Bool, home: Portal.Home, userName: String,
    _ texts: Texts
  ) {
    self.frame = frame
    self.message = message
    self.hasMessage = hasMessage
    name = home.name
    hasName = !home.name.isEmpty
    self.userName = userName
    news = home.news.map { Item($0, texts) }
    hasNews = !home.news.isEmpty
    policies = home.policies.map { Row($0, texts) }
    hasPolicies = !home.policies.isEmpty
    asOf = home.asOf.map(texts.day(of:)) ?? ""
    hasAsOf = home.asOf != nil
    ways = AccountMenu.entries.filter { $0.path != CustomerPath.home.rawValue }
      .map { Way($0, texts) }
    hasWays = !ways.isEmpty
    lastLogin = home.lastLogin.map { texts.instant($0.at) } ?? ""
    lastDevice = home.lastLogin.map { texts.device($0.device) } ?? ""
    hasLastLogin = home.lastLogin != nil
  }

  struct Row: Sendable {
    let number: String
    let product: String
    let status: String
    let isActive: Bool
    let validFrom: String
    let validTo: String

    init(_ policy: Policy, _ texts: Texts) {
      number = policy.number
      product = policy.product
      status = texts.policyStatus(policy.status)
      isActive = policy.status == "active"
      validFrom = policy.validFrom.map(texts.day) ?? texts["home.policy.open"]
      validTo = policy.validTo.map(texts.day) ?? texts["home.policy.open"]
    }
  }

  /// Something new, with the page where it is dealt with.
  struct Item: Sendable {
    let sentence: String
    let label: String
    let path: String

    init(_ news: Portal.News, _ texts: Texts) {
      let target: (label: TextKey, path: String)
      switch news {
      case .newDevice(let login):
        sentence =
          texts[
            "news.newDevice",
            ["time": texts.instant(login.at), "device": texts.device(login.device)]]
        target = ("news.toDevices", "/fiok/biztonsag")
      case .failedLogins(let count):
        sentence = texts["news.failedLogins", ["count": String(count)]]
        target = ("news.toDevices", "/fiok/biztonsag")
      case .addressToConfirm(let email):
        sentence = texts["news.addressToConfirm", ["address": email.shown]]
        target = ("news.toProfile", "/fiok/adatok")
      }
      label = texts[target.label]
      path = String(target.path.dropFirst())
    }
  }

  /// A page of the account and what it is for.
  struct Way: Sendable {
    let title: String
    let purpose: String
    let path: String

    init(_ entry: AccountMenu.Entry, _ texts: Texts) {
      title = texts[entry.label]
      purpose = texts[entry.purpose]
      path = String(entry.path.dropFirst())
    }
  }
}
