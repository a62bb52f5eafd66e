internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// Where a customer asks for a copy of their data, or to be forgotten.
struct DataRightsScreen: Sendable {
  let site: Site
  let rights: DataRights
  let limits: Limits

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    try await response(context, account, message: FlashMessage(request))
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let texts = site.texts(context)
    let outcome: DataRights.Outcome
    switch DataRights.Kind(rawValue: context.form["kind"]) {
    case .copy: outcome = try await rights.askForCopy(account)
    case .erasure:
      let password = context.form["password"]
      guard !password.isEmpty else {
        return try await response(context, account, mistake: texts["logIn.password.missing"])
      }
      outcome = try await rights.askForErasure(account, password: password)
    case nil: throw HTTPError(.badRequest)
    }
    switch outcome {
    case .asked: return CustomerPath.dataRights.seeOther(message: .requested)
    case .wrongPassword:
      return try await response(context, account, mistake: texts["confirm.wrongPassword"])
    case .overloaded: throw Unavailable()
    case .outOfTurn: return CustomerPath.home.seeOther()
    }
  }

  private func response(
    _ context: SiteContext, _ account: Account, message: FlashMessage? = nil,
    mistake: String? = nil
  ) async throws -> Response {
    let texts = site.texts(context)
    let open = try await rights.open(of: account)
    let requests = open.map { DataRightsPage.Row($0, texts) }
    let page = DataRightsPage(
      frame: site.frame(
        texts["dataRights.title"], context,
        errors: mistake.map { [FieldError(anchor: "password", text: $0)] } ?? [],
        form: .typedAnew),
      message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
      requests: requests, hasRequests: !requests.isEmpty,
      canAskForCopy: !open.contains { $0.kind == .copy },
      canAskForErasure: !open.contains { $0.kind == .erasure },
      days: String(limits.dataRequestAnswerSeconds / 86_400), userName: account.email.address,
      password: Field(error: mistake))
    return try site.response(
      page, context, status: mistake == nil ? .ok : .unprocessableContent)
  }
}

struct DataRightsPage: Page {
  var template: String { "data-rights" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let requests: [Row]
  let hasRequests: Bool
  let canAskForCopy: Bool
  let canAskForErasure: Bool
  let days: String
  let userName: String
  let password: Field

  /// One open request.
  struct Row: Sendable {
    let what: String
    let askedOn: String
    let answerBy: String

    init(_ request: DataRights.Request, _ texts: Texts) {
      what =
        switch request.kind {
        case .copy: texts["dataRights.copy"]
        case .erasure: texts["dataRights.erasure"]
        }
      askedOn = texts.day(of: request.askedAt)
      answerBy = texts.day(of: request.answerBy)
    }
  }
}
