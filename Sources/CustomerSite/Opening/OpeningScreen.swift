internal import Hummingbird
internal import Pages
internal import QRCodes
internal import Wording

/// The public pages before the journey (J1).
struct OpeningScreen: Sendable {
  let site: Site
  /// The start page's address, for a phone's camera.
  let code: QRCode?

  /// The built-in opening page, or a redirect to the insurer's own.
  @Sendable func showOpening(_ request: Request, _ context: SiteContext) async throws -> Response {
    if let page = site.brand.facts.openingPage, !page.isEmpty {
      return .redirect(to: page, type: .found)
    }
    let frame = site.frame(site.texts(context)["opening.title"], context)
    return try site.response(OpeningPage(frame: frame), context)
  }

  @Sendable func showStart(_ request: Request, _ context: SiteContext) async throws -> Response {
    let frame = site.frame(site.texts(context)["start.title"], context)
    return try site.response(
      StartPage(
        frame: frame, hasCode: code != nil, size: String(code?.size ?? 0), path: code?.path ?? ""),
      context)
  }
}

struct OpeningPage: CommonPage {
  var template: String { "opening" }
  var frame: Frame
}

struct StartPage: CommonPage {
  var template: String { "start" }
  var frame: Frame
  /// The start page's own address, drawn for a phone's camera.
  let hasCode: Bool
  let size: String
  let path: String
}
