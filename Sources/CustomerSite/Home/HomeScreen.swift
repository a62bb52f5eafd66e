internal import Accounts
internal import Domain
internal import FoundationEssentials
internal import Hummingbird
internal import InternationalDomains
internal import Pages
internal import Wording

/// The portal's first page: the customer's policies (J10).
struct HomeScreen: Sendable {
  let site: Site
  let portal: Portal

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let texts = site.texts(context)
    let home = try await portal.home(of: account)
    let message = FlashMessage(request)
    return try site.response(
      HomePage(
        frame: site.frame(texts["home.title"], context),
        message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
        name: home.name, hasName: !home.name.isEmpty, userName: account.email.shown,
        policies: home.policies.map { HomePage.Row($0, texts) },
        hasPolicies: !home.policies.isEmpty,
        asOf: home.asOf.map { texts.day(HomeScreen.date($0)) } ?? "", hasAsOf: home.asOf != nil),
      context)
  }

  /// The date of an instant in Hungary's winter time, which is near enough for "data as of".
  private static func date(_ instant: Date) -> String {
    String(instant.addingTimeInterval(3600).ISO8601Format().prefix(10))
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
  let policies: [Row]
  let hasPolicies: Bool
  let asOf: String
  let hasAsOf: Bool

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
}
