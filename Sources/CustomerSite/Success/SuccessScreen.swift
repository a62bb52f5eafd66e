internal import Accounts
internal import Domain
internal import Hummingbird
internal import InternationalDomains
internal import Pages
internal import Wording

/// «Sikeres regisztráció!» (J7).
struct SuccessScreen: Sendable {
  let site: Site

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ guest: RegistrationAccess.Guest
  ) async throws -> Response {
    guard case .finished(let email) = guest.standing.step else {
      return try site.outOfTurn(.success, guest, context)
    }
    return try site.response(
      SuccessPage(
        frame: site.frame(site.texts(context)["success.title"], context),
        email: email.shown, mayLandInSpam: email.mayLandInSpam),
      context)
  }
}

struct SuccessPage: Page {
  var template: String { "success" }
  let frame: Frame
  let email: String
  let mayLandInSpam: Bool
}
