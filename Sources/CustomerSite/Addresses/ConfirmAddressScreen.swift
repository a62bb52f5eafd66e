internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import InternationalDomains
internal import Pages
internal import Wording

/// The page for the code that was sent to another address (J10).
struct ConfirmAddressScreen: Sendable {
  let site: Site
  let addressChanges: AddressChanges
  let purpose: AddressChanges.Purpose

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    guard let standing = try await addressChanges.standing(of: account, for: purpose) else {
      return purpose.path.seeOther()
    }
    return try site.response(
      page(standing, context, message: FlashMessage(request)), context)
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    try await codePage(of: account, context).submit { entry in
      let outcome = try await addressChanges.enterCode(
        entry, for: purpose, of: account.id,
        session: context.cookies[.session].flatMap { Token($0) })
      return switch outcome {
      // The second click of a double click finds what the first one did.
      case .changed, .alreadyChanged:
        .answer(CustomerPath.profile.seeOther(message: purpose.saved))
      case .nothingPending: .answer(purpose.path.seeOther())
      case .taken: .answer(purpose.path.seeOther(message: .addressTaken))
      case .mistake(let mistake): .mistake(mistake)
      }
    }
  }

  @Sendable func resend(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let outcome = try await addressChanges.resendCode(
      for: purpose, of: account.id, mark: context.form["mark"])
    return try await codePage(of: account, context).response(to: outcome, elsewhere: purpose.path)
  }

  private func codePage(of account: Account, _ context: SiteContext) -> CodePage {
    CodePage(
      site: site, context: context, alphabet: .unambiguous, path: purpose.codePath
    ) { mistake in
      guard let standing = try await addressChanges.standing(of: account, for: purpose) else {
        return purpose.path.seeOther()
      }
      return try site.response(
        page(standing, context, error: mistake.whereMended(ifFieldIsLive: standing.code.isLive)),
        context, status: .unprocessableContent)
    }
  }

  private func page(
    _ standing: AddressChanges.Standing, _ context: SiteContext, message: FlashMessage? = nil,
    error: FieldError? = nil
  ) -> ConfirmAddressPage {
    let texts = site.texts(context)
    return ConfirmAddressPage(
      frame: site.frame(
        purpose.codeTitle(texts), context, errors: error.map { [$0] } ?? [], form: .typedAnew,
        page: purpose.codePath.rawValue),
      message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
      isUserName: purpose == .userName, isCorrespondence: purpose == .correspondence,
      present: standing.present.shown,
      code: EmailCodeForm(
        standing.code, texts, mistake: error?.anchor == "code" ? error?.text : nil))
  }
}

struct ConfirmAddressPage: Page {
  var template: String { "confirm-address" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let isUserName: Bool
  let isCorrespondence: Bool
  let present: String
  let code: EmailCodeForm
}
