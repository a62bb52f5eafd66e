internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// What the customer declared, and changing an answer with one click (J10, D 6).
struct DeclarationsScreen: Sendable {
  let site: Site
  let declarations: Declarations

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let typed = site.takeTyped(
      at: CustomerPath.declarations.rawValue, by: account.id.owner, in: context)
    return try await response(
      context, account, message: FlashMessage(request), lost: typed.flatMap(LostAnswer.init))
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let form = context.form
    guard let kind = DeclarationKind(rawValue: form["kind"]),
      let isAccepted = ["yes": true, "no": false][form["answer"]]
    else { throw HTTPError(.badRequest) }
    let declaration = Declaration(kind: kind, isAccepted: isAccepted, version: form["version"])
    switch try await declarations.answer(declaration, of: account) {
    case .recorded, .unchanged: return CustomerPath.declarations.seeOther(message: .declared)
    case .refused: throw HTTPError(.badRequest)
    case .textChanged:
      let texts = site.texts(context)
      return try await response(
        context, account,
        error: FieldError(anchor: kind.rawValue, text: texts["contact.textsChanged"]))
    }
  }

  private func response(
    _ context: SiteContext, _ account: Account, message: FlashMessage? = nil,
    error: FieldError? = nil, lost: LostAnswer? = nil
  ) async throws -> Response {
    let texts = site.texts(context)
    let standing = try await declarations.standing(of: account)
    let history = try await declarations.history(of: account)
    var documents: [KeptDocument] = []
    let items = DeclarationKind.allCases.map { kind -> DeclarationsPage.Item in
      let entry = standing[kind]
      if kind.isRequired, let entry {
        documents.append(KeptDocument(html: entry.text.text, depth: 2))
      }
      return DeclarationsPage.Item(
        kind, entry, now: declarations.text(of: kind, in: context.language),
        place: documents.count - 1, texts)
    }
    let unsaved = lost.flatMap { lost in
      standing[lost.kind]?.isAccepted == lost.isAccepted ? nil : texts.title(of: lost.kind)
    }
    let page = DeclarationsPage(
      frame: site.frame(
        texts["declarations.title"], context, errors: error.map { [$0] } ?? [],
        form: .typedAnew),
      message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
      unsaved: unsaved ?? "", hasUnsaved: unsaved != nil, items: items,
      history: history.map { DeclarationsPage.Line($0, texts) })
    return try site.response(
      page, holding: documents, context, status: error == nil ? .ok : .unprocessableContent)
  }
}

/// The one click that came when the time was over.
private struct LostAnswer {
  let kind: DeclarationKind
  let isAccepted: Bool

  init?(_ typed: [String: String]) {
    guard let kind = DeclarationKind(rawValue: typed["kind"] ?? ""), !kind.isRequired,
      let isAccepted = ["yes": true, "no": false][typed["answer"] ?? ""]
    else { return nil }
    self.kind = kind
    self.isAccepted = isAccepted
  }
}

struct DeclarationsPage: Page {
  var template: String { "declarations" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  /// The declaration whose answer came after the time was over, and was not recorded.
  let unsaved: String
  let hasUnsaved: Bool
  let items: [Item]
  let history: [Line]

  /// One kind of declaration, with the last answer to it.
  struct Item: Sendable {
    let id: String
    let title: String
    let isAnswered: Bool
    let answer: String
    let when: String
    let version: String
    /// Whether the text is a document, which the page holds at `place`.
    let isDocument: Bool
    let place: String
    let text: String
    let isVoluntary: Bool
    let isYes: Bool
    /// Whether the text to be answered now is a different one.
    let hasNewText: Bool
    let newText: String
    let newVersion: String

    init(
      _ kind: DeclarationKind, _ entry: Accounts.Declarations.Entry?, now: DeclaredText?,
      place: Int, _ texts: Texts
    ) {
      id = kind.rawValue
      title = texts.title(of: kind)
      isAnswered = entry != nil
      answer = entry.map { texts.answer($0.isAccepted) } ?? ""
      when = entry.map { texts.instant($0.declaredAt) } ?? ""
      version = entry?.text.short ?? ""
      isDocument = kind.isRequired
      self.place = String(place)
      text = kind.isRequired ? "" : entry?.text.text ?? ""
      isVoluntary = !kind.isRequired
      isYes = entry?.isAccepted == true
      hasNewText = !kind.isRequired && entry?.text.version != now?.version
      newText = kind.isRequired ? "" : now?.text ?? ""
      newVersion = now?.version ?? ""
    }
  }

  /// One line of the ledger.
  struct Line: Sendable {
    let when: String
    let title: String
    let answer: String
    let version: String
    let channel: String

    init(_ entry: Accounts.Declarations.Entry, _ texts: Texts) {
      when = texts.instant(entry.declaredAt)
      title = texts.title(of: entry.kind)
      answer = texts.answer(entry.isAccepted)
      version = entry.text.short
      channel = texts.channel(entry.channel)
    }
  }
}

extension DeclaredText {
  /// Enough of the version to distinguish it from others.
  var short: String { String(version.prefix(12)) }
}

extension Texts {
  func title(of kind: DeclarationKind) -> String {
    switch kind {
    case .marketing: self["contact.marketing"]
    case .dataProcessing: self["contact.dataProcessing"]
    case .contract: self["declarations.contract"]
    case .notice: self["declarations.notice"]
    }
  }

  fileprivate func answer(_ isAccepted: Bool) -> String {
    self[isAccepted ? "declarations.yes" : "declarations.no"]
  }

  /// Where it was declared; a value from another program is shown unchanged.
  fileprivate func channel(_ channel: String) -> String {
    switch channel {
    case "registration": self["declarations.atRegistration"]
    case "portal": self["declarations.inPortal"]
    default: channel
    }
  }
}
