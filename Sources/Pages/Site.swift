package import Cryptography
internal import Domain
package import Foundation
package import HTTPTypes
package import Hummingbird
internal import NIOCore
package import Wording

/// What all pages of a site share: how they look, and how their forms are recognised.
package struct Site: Sendable {
  package let brand: Brand
  package let assets: Assets
  package let templates: Templates
  private let formTokens: FormTokens
  private let prepared = PreparedPages()
  let keys: SecretKeys
  let randomBytes: RandomBytes
  let isDemo: Bool
  let traits: SiteTraits
  /// Whether a page has a picture to stand beside a link to it: most programs that show one take
  /// no SVG, and all of them ask for a whole address.
  private let hasSharedPicture: Bool

  /// - Parameters:
  ///   - templateFolders: where the pages' templates are, besides the layout's
  ///   - style: a style sheet of the site's own, besides the common one
  ///   - origin: scheme, host and port of the public URL; without it nobody shows a picture of it
  /// - Throws: ``Templates/Broken`` when a template or a sentence is missing.
  package init(
    brand: Brand, isDemo: Bool, keys: SecretKeys, templateFolders: [URL],
    randomBytes: RandomBytes = .system, traits: SiteTraits = .customers, style: URL? = nil,
    origin: String? = nil
  ) throws {
    self.brand = brand
    self.isDemo = isDemo
    self.traits = traits
    hasSharedPicture = origin != nil && brand.logo?.form == .png
    assets = try Assets(brand: brand, style: style, origin: origin ?? "")
    templates = try Templates(folders: templateFolders, brand: brand, assets: assets)
    formTokens = FormTokens(keys: keys, randomBytes: randomBytes, traits: traits)
    self.keys = keys
    self.randomBytes = randomBytes
  }

  package func texts(_ context: SiteContext) -> Texts {
    brand.texts(in: context.language)
  }

  /// What the layout shows around a page.
  ///
  /// - Parameters:
  ///   - title: the page's heading
  ///   - errors: what has to be corrected in the page's form
  ///   - isError: whether the page reports an error without a field to correct
  ///   - page: the page's own path, when it answers posts to another path too
  ///   - form: what forms the page has; without any it needs no cookie
  package func frame(
    _ title: String, _ context: SiteContext, errors: [FieldError] = [], isError: Bool = false,
    form: FormKind = .none, page: String? = nil
  ) -> Frame {
    let caseNumber = context.shownCaseNumber ?? ""
    context.record.note(errorsIn: errors.map(\.anchor))
    if let ownCase = context.ownCase { context.record.note(caseNumber: ownCase.text) }
    let page = page ?? (context.isPostOnly ? traits.start : nil)
    // What a page shows, not what it may do.
    let isLoggedIn = context.cookies[traits.session] != nil
    let hasForm = form != .none || isLoggedIn
    return Frame(
      title: title, isError: isError || !errors.isEmpty, errors: errors,
      hasErrors: !errors.isEmpty, formToken: hasForm ? formTokens.issue(in: context) : "",
      caseNumber: caseNumber, hasCaseNumber: !caseNumber.isEmpty, isLoggedIn: isLoggedIn,
      page: page.map { String($0.drop { $0 == "/" }) } ?? "", hasPage: page != nil,
      keepsTyped: form == .keptInOtherLanguage, isDemo: isDemo,
      deadline: context.deadline.map { DeadlineLine($0, texts(context)) } ?? .none,
      hasDeadline: context.deadline != nil, hasLogo: brand.logo != nil,
      hasSharedPicture: hasSharedPicture,
      pictureWidth: brand.logo?.size.map { String($0.width) } ?? "",
      pictureHeight: brand.logo?.size.map { String($0.height) } ?? "",
      holder: context.holder,
      hasHolder: !context.holder.isEmpty, menu: context.menu?.items ?? [],
      hasMenu: context.menu != nil,
      parameterMark: page?.contains("?") == true ? "&" : "?")
  }

  /// The response that shows a page.
  package func response(
    _ page: some Page, _ context: SiteContext, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    try response(page, page.template, context, status: status)
  }

  /// The response that shows a page which is the same for all who have typed nothing.
  package func response(
    _ page: some CommonPage, _ context: SiteContext, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    response(
      html: try prepared.html(of: page, in: context.language) { page in
        try templates.render(page, in: context.language)
      }, status: status)
  }

  private func response(
    _ page: some Page, _ template: String, _ context: SiteContext, status: HTTPResponse.Status
  ) throws -> Response {
    response(html: try templates.render(page, template, in: context.language), status: status)
  }

  private func response(html: String, status: HTTPResponse.Status) -> Response {
    Response(
      status: status,
      headers: [.contentType: "text/html; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }

  /// A response that is only a message with ways on.
  package func response(
    _ notice: Notice, _ context: SiteContext, status: HTTPResponse.Status,
    retryAfterSeconds: Int? = nil
  ) throws -> Response {
    var response = try response(
      NoticePage(
        frame: frame(notice.title, context, isError: notice.isError, page: notice.page),
        paragraphs: notice.paragraphs, actions: notice.actions, isCall: notice.isCall,
        errorNumber: notice.errorNumber ?? "", hasErrorNumber: notice.errorNumber != nil),
      traits.notice, context, status: status)
    if let retryAfterSeconds { response.headers[.retryAfter] = String(retryAfterSeconds) }
    return response
  }

  func accepts(formToken: String, in context: SiteContext) -> Bool {
    formTokens.accepts(formToken, in: context)
  }
}

extension SiteContext {
  /// The case number of the registration in progress, from the cookie: only shown, so that a page
  /// that reports a broken database need not look it up.
  package var caseNumber: String? {
    if let ownCase { return ownCase.text }
    guard let cookie = outgoing.value(of: .registration) ?? cookies[.registration],
      let dot = cookie.utf8.firstIndex(of: UInt8(ascii: "."))
    else { return nil }
    return CaseNumber(String(cookie[cookie.utf8.index(after: dot)...]))?.text
  }

  /// The case number that a page shows: inside the account the registration's is long over.
  var shownCaseNumber: String? {
    isLoggedIn ? ownCase?.text : caseNumber
  }

  /// Whether the browser says it has a session; decides what a page shows, not what it may do.
  var isLoggedIn: Bool { cookies[.session] != nil }
}
