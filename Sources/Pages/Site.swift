package import Cryptography
internal import Domain
package import Foundation
package import HTTPTypes
package import Hummingbird
internal import NIOCore
package import Wording

/// What all pages of a site share: how they look, and how their forms are told from others.
package struct Site: Sendable {
  package let brand: Brand
  package let assets: Assets
  package let templates: Templates
  private let formTokens: FormTokens
  private let isDemo: Bool

  /// - Parameters:
  ///   - templateFolders: where the pages' templates are, besides the layout's
  /// - Throws: ``Templates/Broken`` when a template or a sentence is missing.
  package init(
    brand: Brand, isDemo: Bool, keys: SecretKeys, templateFolders: [URL],
    randomBytes: RandomBytes = .system
  ) throws {
    self.brand = brand
    self.isDemo = isDemo
    assets = try Assets(brand: brand)
    templates = try Templates(folders: templateFolders, brand: brand, assets: assets)
    formTokens = FormTokens(keys: keys, randomBytes: randomBytes)
  }

  package func texts(_ context: SiteContext) -> Texts {
    brand.texts(in: context.language)
  }

  /// What the layout shows around a page.
  ///
  /// - Parameters:
  ///   - title: the page's heading
  ///   - errors: what is to be mended in the page's form
  ///   - isError: whether the page tells of an error although there is no field to mend
  ///   - page: the page's own path, when it answers posts to another path too
  ///   - form: what forms the page has; one without any needs no cookie
  package func frame(
    _ title: String, _ context: SiteContext, errors: [FieldError] = [], isError: Bool = false,
    form: FormKind = .none, page: String? = nil
  ) -> Frame {
    let caseNumber = context.caseNumber ?? ""
    let page = page ?? (context.isPostOnly ? "/ugyfelportal" : nil)
    let hasForm = form != .none || context.isLoggedIn
    return Frame(
      title: title, isError: isError || !errors.isEmpty, errors: errors,
      hasErrors: !errors.isEmpty, formToken: hasForm ? formTokens.issue(in: context) : "",
      caseNumber: caseNumber, hasCaseNumber: !caseNumber.isEmpty, isLoggedIn: context.isLoggedIn,
      page: page.map { String($0.drop { $0 == "/" }) } ?? "", hasPage: page != nil,
      keepsTyped: form == .keptInOtherLanguage, isDemo: isDemo,
      menu: context.menu?.items ?? [], hasMenu: context.menu != nil)
  }

  /// The answer that shows a page.
  package func response(
    _ page: some Page, _ context: SiteContext, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    let html = try templates.render(page, in: context.language)
    return Response(
      status: status,
      headers: [.contentType: "text/html; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }

  /// An answer that is nothing but a message with ways on.
  package func response(
    _ notice: Notice, _ context: SiteContext, status: HTTPResponse.Status,
    retryAfterSeconds: Int? = nil
  ) throws -> Response {
    var response = try response(
      NoticePage(
        frame: frame(notice.title, context, isError: notice.isError, page: notice.page),
        paragraphs: notice.paragraphs, actions: notice.actions),
      context, status: status)
    if let retryAfterSeconds { response.headers[.retryAfter] = String(retryAfterSeconds) }
    return response
  }

  func accepts(formToken: String, in context: SiteContext) -> Bool {
    formTokens.accepts(formToken, in: context)
  }
}

extension SiteContext {
  /// The case number of the registration in progress, as the cookie carries it: shown and nothing
  /// else, so that it need not be looked up on a page that tells of a broken database.
  package var caseNumber: String? {
    guard let cookie = outgoing.value(of: .registration) ?? cookies[.registration],
      let dot = cookie.utf8.firstIndex(of: UInt8(ascii: "."))
    else { return nil }
    return CaseNumber(String(cookie[cookie.utf8.index(after: dot)...]))?.text
  }

  /// Whether the browser says it has a session; what a page shows, not what it may do.
  var isLoggedIn: Bool { cookies[.session] != nil }
}
