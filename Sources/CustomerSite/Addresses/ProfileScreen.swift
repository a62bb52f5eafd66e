internal import Accounts
internal import Domain
internal import FoundationEssentials
internal import Hummingbird
internal import InternationalDomains
internal import Pages
internal import Wording

/// What the portal knows about a customer, and where each item can be changed (J10).
struct ProfileScreen: Sendable {
  let site: Site
  let addressChanges: AddressChanges

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let texts = site.texts(context)
    let profile = try await addressChanges.profile(of: account)
    let message = FlashMessage(request)
    return try site.response(
      ProfilePage(
        frame: site.frame(texts["profile.title"], context),
        message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
        name: profile.name, hasName: !profile.name.isEmpty, userName: profile.userName.shown,
        mobile: profile.mobile?.masked ?? "", hasMobile: profile.mobile != nil,
        correspondence: profile.correspondence?.shown ?? "",
        hasCorrespondence: profile.correspondence != nil,
        pendingUserName: profile.pending[.userName]?.shown ?? "",
        hasPendingUserName: profile.pending[.userName] != nil,
        pendingCorrespondence: profile.pending[.correspondence]?.shown ?? "",
        hasPendingCorrespondence: profile.pending[.correspondence] != nil,
        registered: profile.registeredAt.map(texts.day(of:)) ?? ""),
      context)
  }
}

struct ProfilePage: Page {
  var template: String { "profile" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let name: String
  let hasName: Bool
  let userName: String
  let mobile: String
  let hasMobile: Bool
  let correspondence: String
  let hasCorrespondence: Bool
  let pendingUserName: String
  let hasPendingUserName: Bool
  let pendingCorrespondence: String
  let hasPendingCorrespondence: Bool
  let registered: String
}
