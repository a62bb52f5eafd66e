internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// Asks customers who accepted an earlier version to accept the present one (J10).
struct AcceptDocumentsScreen: Sendable {
  let site: Site
  let declarations: Declarations

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let outdated = try await declarations.outdated(for: account)
    guard !outdated.isEmpty else { return CustomerPath.home.seeOther() }
    let typed = site.takeTyped(
      at: CustomerPath.acceptDocuments.rawValue, by: account.id.owner, in: context)
    return try response(context, outdated, [], typed: typed ?? [:])
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let texts = site.texts(context)
    let outdated = try await declarations.outdated(for: account)
    guard !outdated.isEmpty else { return CustomerPath.home.seeOther() }
    let unticked = outdated.filter { context.form[$0.rawValue] != "yes" }
    guard unticked.isEmpty else {
      return try response(
        context, outdated,
        unticked.map { FieldError(anchor: $0.rawValue, text: texts["accept.missing"]) })
    }
    let acceptances = outdated.map {
      Declaration(
        kind: $0, isAccepted: true, version: context.form["\($0.rawValue)Version"])
    }
    switch try await declarations.accept(acceptances, by: account) {
    case .recorded, .unchanged: return CustomerPath.home.seeOther(message: .accepted)
    case .refused: return CustomerPath.logIn.seeOther(message: .sessionEnded)
    case .textChanged:
      return try response(
        context, outdated,
        [FieldError(anchor: outdated[0].rawValue, text: texts["contact.textsChanged"])])
    }
  }

  /// - Parameter typed: what was ticked before the time was over; a box stays so only beside the
  ///   words that it stood beside
  private func response(
    _ context: SiteContext, _ outdated: [DeclarationKind], _ errors: [FieldError],
    typed: [String: String] = [:]
  ) throws -> Response {
    let texts = site.texts(context)
    let present = outdated.map { declarations.text(of: $0, in: context.language) }
    let items = outdated.enumerated().map { place, kind in
      let name = kind.rawValue
      let version = present[place]?.version ?? ""
      let wasTicked = typed[name] == "yes" && typed["\(name)Version"] == version
      return AcceptDocumentsPage.Item(
        kind, version: version, place: place,
        isTicked: wasTicked || !errors.isEmpty && context.form[name] == "yes",
        error: errors.text(at: kind.rawValue), texts)
    }
    return try site.response(
      AcceptDocumentsPage(
        frame: site.frame(texts["accept.title"], context, errors: errors, form: .typedAnew),
        isRestored: !typed.isEmpty && items.contains(where: \.isTicked), items: items),
      holding: present.map { KeptDocument(html: $0?.text ?? "", depth: 2) }, context,
      status: errors.isEmpty ? .ok : .unprocessableContent)
  }
}

struct AcceptDocumentsPage: Page {
  var template: String { "accept-documents" }
  let frame: Frame
  /// Whether the form is as it was before the time was over.
  let isRestored: Bool
  let items: [Item]

  /// One document that has changed.
  struct Item: Sendable {
    let id: String
    let title: String
    let sentence: String
    let version: String
    let place: String
    let isTicked: Bool
    let tick: Field

    init(
      _ kind: DeclarationKind, version: String, place: Int, isTicked: Bool, error: String?,
      _ texts: Texts
    ) {
      id = kind.rawValue
      title = texts.title(of: kind)
      sentence = texts[kind == .contract ? "accept.contract" : "accept.notice"]
      self.version = version
      self.place = String(place)
      self.isTicked = isTicked
      tick = Field(error: error)
    }
  }
}
