internal import Domain
internal import HTTPTypes
package import WebServer
internal import Wording

extension Site {
  /// The page for what never became a request, so that nothing is known of who asked: in Hungarian,
  /// with a link to the start, and with the headers of every other page.
  ///
  /// - Parameter isSecure: whether customers use HTTPS
  /// - Throws: ``Templates/Broken`` when the page cannot be made.
  package func refusals(isSecure: Bool) throws -> Refusal.Making {
    let texts = brand.texts(in: .hungarian)
    var headers =
      SecurityHeaders(isSecure: isSecure, hasScript: traits.hasScript).headers
    headers[.contentType] = "text/html; charset=utf-8"
    headers[.contentLanguage] = "hu"
    headers[.cacheControl] = "no-store"
    let title = texts["error.badRequest.title"]
    let page = NoticePage(
      frame: Frame(
        title: title, isError: true, errors: [], hasErrors: false, formToken: "", caseNumber: "",
        hasCaseNumber: false, isLoggedIn: false, page: String(traits.start.dropFirst()),
        hasPage: true,
        keepsTyped: false, isDemo: isDemo),
      paragraphs: [texts[traits.directions.badRequest]],
      actions: [
        Notice.Action(texts[traits.startLabel], path: traits.start, isPrimary: true)
      ])
    // Made once: whoever sends nonsense costs no more than its sending.
    let html = try templates.render(page, traits.notice, in: .hungarian)
    return { [headers] status in Refusal(status: status, headers: headers, body: html) }
  }
}
