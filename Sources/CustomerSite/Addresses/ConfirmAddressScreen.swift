internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import InternationalDomains
internal import Pages
internal import Wording

/// The page of the code that was sent to another address (J10).
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
    let texts = site.texts(context)
    let entry: CodeEntry
    do throws(CodeEntry.Invalid) {
      entry = try CodeEntry(context.form["code"], alphabet: .unambiguous)
    } catch {
      return try await again(account, context, texts.sentence(for: error))
    }
    let outcome = try await addressChanges.enterCode(
      entry, for: purpose, of: account.id,
      session: context.cookies[.session].flatMap { Token($0) })
    switch outcome {
    // The second click of a double click reads what the first one did.
    case .changed, .alreadyChanged: return CustomerPath.profile.seeOther(message: purpose.saved)
    case .nothingPending: return purpose.path.seeOther()
    case .taken: return purpose.path.seeOther(message: .addressTaken)
    case .wrong(let triesLeft):
      return try await again(account, context, texts.wrongCode(triesLeft: triesLeft))
    case .expired: return try await again(account, context, texts["code.expired"])
    case .spent: return try await again(account, context, texts["code.spent"])
    }
  }

  @Sendable func resend(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let texts = site.texts(context)
    switch try await addressChanges.resendCode(
      for: purpose, of: account.id, mark: context.form["mark"])
    {
    case .sent(let isNewCode):
      return purpose.codePath.seeOther(message: isNewCode ? .newCode : .sameCode)
    case .tooSoon(let seconds):
      let sentence = texts["code.tooSoon", ["seconds": String(seconds)]]
      return try await again(account, context, sentence, anchor: "resend")
    case .tooMany:
      return try await again(account, context, texts["confirm.tooMany"], anchor: "resend")
    case .nothingPending: return purpose.path.seeOther()
    }
  }

  private func again(
    _ account: Account, _ context: SiteContext, _ mistake: String, anchor: String = "code"
  ) async throws -> Response {
    guard let standing = try await addressChanges.standing(of: account, for: purpose) else {
      return purpose.path.seeOther()
    }
    // Without a field to mend, the way on is a new code.
    let anchor = standing.code.isLive ? anchor : "resend"
    return try site.response(
      page(standing, context, error: FieldError(anchor: anchor, text: mistake)), context,
      status: .unprocessableContent)
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
