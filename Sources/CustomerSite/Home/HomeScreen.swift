internal import Accounts
internal import Domain
internal import Hummingbird
internal import InternationalDomains
internal import Pages
internal import Wording

/// The portal's first page: the customer's policies, what is new and what can be done (J10).
struct HomeScreen: Sendable {
  let site: Site
  let portalHome: PortalHome

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let texts = site.texts(context)
    let home = try await portalHome.content(of: account, in: context.sessionToken)
    let message = FlashMessage(request)
    let greeting =
      home.name.isEmpty
      ? texts["home.greeting"] : texts["home.greeting.name", ["name": home.name]]
    return try site.response(
      HomePage(
        frame: site.frame(greeting, context),
        message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
        isDone: message?.isDone == true, home: home, userName: account.email.shown, texts),
      context)
  }
}

struct HomePage: Page {
  var template: String { "home" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  /// Whether the message is that something has succeeded.
  let isDone: Bool
  let userName: String
  let news: [Item]
  let hasNews: Bool
  let policies: [Row]
  let hasPolicies: Bool
  /// The insurance is over; the rest of the account stays.
  let isClosed: Bool
  let asOf: String
  let hasAsOf: Bool
  let ways: [Way]
  let hasWays: Bool
  let lastLogin: String
  let lastDevice: String
  let hasLastLogin: Bool

  init(
    frame: Frame, message: String, hasMessage: Bool, isDone: Bool, home: PortalHome.Content,
    userName: String, _ texts: Texts
  ) {
    self.frame = frame
    self.message = message
    self.hasMessage = hasMessage
    self.isDone = isDone
    self.userName = userName
    news = home.news.map { Item($0, isFirst: home.lastLogin == nil, texts) }
    hasNews = !home.news.isEmpty
    policies = home.policies.map { Row($0, texts) }
    hasPolicies = !home.policies.isEmpty
    isClosed = home.isClosed
    asOf = home.asOf.map { texts["home.asOf.day", ["day": texts.day(of: $0)]] } ?? ""
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
    let isHome: Bool
    let isVehicle: Bool
    let isTravel: Bool
    let isLife: Bool
    let isOther: Bool

    init(_ policy: Policy, _ texts: Texts) {
      number = policy.number
      product = policy.product.prefix(1).uppercased() + policy.product.dropFirst()
      let branch = Branch(product: policy.product)
      isHome = branch == .home
      isVehicle = branch == .vehicle
      isTravel = branch == .travel
      isLife = branch == .life
      isOther = branch == .other
      status = texts.policyStatus(policy.status)
      isActive = policy.status == "active"
      validFrom = policy.validFrom.map(texts.day) ?? texts["home.policy.open"]
      // Some registers write a day that never comes instead of none.
      let isOpenEnded = policy.validTo.map { $0.hasPrefix("9999") } ?? true
      validTo = isOpenEnded ? texts["home.policy.openEnded"] : texts.day(policy.validTo ?? "")
    }
  }

  /// Something new, with the page that deals with it.
  struct Item: Sendable {
    let sentence: String
    let label: String
    let path: String

    init(_ news: PortalHome.News, isFirst: Bool, _ texts: Texts) {
      let target: (label: TextKey, path: String)
      switch news {
      case .newDevice(let login):
        sentence =
          texts[
            "news.newDevice",
            ["time": texts.instant(login.at), "device": texts.device(login.device)]]
        target = ("news.toDevices", "/fiok/biztonsag")
      case .failedLogins(let count):
        sentence = texts.failedLogins(count, isFirst: isFirst)
        target = ("news.toDevices", "/fiok/biztonsag")
      case .addressToConfirm(let email):
        sentence = texts["news.addressToConfirm", ["address": email.shown]]
        target = ("news.toProfile", "/fiok/adatok")
      case .renumbered(let number, let at):
        sentence =
          texts["news.renumbered", ["number": number.text, "day": texts.day(of: at)]]
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

/// What a policy insures, as far as its picture is concerned.
private enum Branch {
  case home
  case vehicle
  case travel
  case life
  case other

  /// By the product's name, which every register writes in its own words.
  init(product: String) {
    let name = product.lowercased()
    let words: [(String, Branch)] = [
      ("lakás", .home), ("otthon", .home), ("ingatlan", .home), ("társasház", .home),
      ("jármű", .vehicle), ("casco", .vehicle), ("kgfb", .vehicle), ("gépkocsi", .vehicle),
      ("utas", .travel), ("utaz", .travel), ("élet", .life), ("egészség", .life),
      ("baleset", .life), ("nyugdíj", .life),
    ]
    self = words.first { name.contains($0.0) }?.1 ?? .other
  }
}

extension Texts {
  /// How many logins have failed since the last one, or before the first.
  func failedLogins(_ count: Int, isFirst: Bool) -> String {
    switch (isFirst, count) {
    case (true, 1): self["failedLogins.first.one"]
    case (true, _): self["failedLogins.first", ["count": String(count)]]
    case (false, 1): self["failedLogins.one"]
    case (false, _): self["failedLogins.other", ["count": String(count)]]
    }
  }
}
