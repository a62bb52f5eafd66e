internal import Hummingbird
internal import Pages
internal import Wording

/// The public pages before the journey (J1).
struct OpeningScreen: Sendable {
  let site: Site

  /// The insurer's opening page, or the way to its own one.
  @Sendable func showOpening(_ request: Request, _ context: SiteContext) async throws -> Response {
    if let page = site.brand.facts.openingPage, !page.isEmpty {
      return .redirect(to: page, type: .found)
    }
    let frame = site.frame(site.texts(context)["opening.title"], context)
    return try site.response(OpeningPage(frame: frame), context)
  }

  @Sendable func showStart(_ request: Request, _ context: SiteContext) async throws -> Response {
    let frame = site.frame(site.texts(context)["start.title"], context)
    return try site.response(StartPage(frame: frame), context)
  }
}

struct OpeningPage: Page {
  var template: String { "opening" }
  let frame: Frame
}

struct StartPage: Page {
  var template: String { "start" }
  let frame: Frame
}
