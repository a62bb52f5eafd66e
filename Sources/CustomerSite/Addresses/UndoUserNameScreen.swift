internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import InternationalDomains
internal import Pages
internal import Wording

/// Where the owner of an old user name undoes a change that somebody else made.
///
/// It is open to everybody: the people who need the page cannot log in any more.
struct UndoUserNameScreen: Sendable {
  let site: Site
  let addressChanges: AddressChanges
  let clientAddress: ClientAddress

  @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
    guard FlashMessage(request) == .userNameRestored else {
      return try site.response(page("", context, errors: []), context)
    }
    let texts = site.texts(context)
    return try site.response(
      Notice(
        texts["undo.done.title"], [texts["undo.done.body"]],
        actions: [
          Notice.Action(
            texts["undo.done.button"], path: CustomerPath.recovery.rawValue, isPrimary: true)
        ], isError: false),
      context, status: .ok)
  }

  @Sendable func submit(_ request: Request, _ context: SiteContext) async throws -> Response {
    let texts = site.texts(context)
    let typed = context.form["email"]
    if context.isLanguageOnly {
      return try site.response(page(typed, context, errors: []), context)
    }
    var errors: [FieldError] = []
    var email: EmailAddress?
    do throws(EmailAddress.Invalid) { email = try EmailAddress(typed: typed) } catch {
      errors.append(FieldError(anchor: "email", text: texts.sentence(for: error)))
    }
    var entry: CodeEntry?
    do throws(CodeEntry.Invalid) { entry = try whole(context.form["code"]) } catch {
      errors.append(FieldError(anchor: "code", text: sentence(for: error, texts)))
    }
    guard let email, let entry else { return try again(typed, context, errors) }
    let network = try clientAddress.key(of: request, in: context)
    switch try await addressChanges.undo(userName: email, entry, from: network) {
    case .restored: return CustomerPath.undoUserName.seeOther(message: .userNameRestored)
    case .refused:
      return try again(
        typed, context, [FieldError(anchor: "code", text: texts["undo.refused"])])
    case .taken:
      return try site.response(
        Notice(
          texts["undo.taken.title"], [texts["undo.taken.body"]],
          actions: [
            Notice.Action(
              texts["action.startRegistration"], path: CustomerPath.identify.rawValue,
              isPrimary: true)
          ]), context,
        status: .unprocessableContent)
    case .limited(let seconds):
      return try site.response(
        site.tooManyTries(minutes: (seconds + 59) / 60, context), context,
        status: .tooManyRequests, retryAfterSeconds: seconds)
    }
  }

  /// All six characters: this page does not show the first one.
  private func whole(_ typed: String) throws(CodeEntry.Invalid) -> CodeEntry {
    let entry = try CodeEntry(typed, alphabet: .unambiguous)
    guard entry.bytes.count == VerificationCode.length else { throw .length(entry.bytes.count) }
    return entry
  }

  private func sentence(for invalid: CodeEntry.Invalid, _ texts: Texts) -> String {
    switch invalid {
    case .empty: texts["undo.code.missing"]
    case .length(let count): texts["undo.code.length", ["count": String(count)]]
    case .characters: texts.sentence(for: invalid)
    }
  }

  private func again(
    _ typed: String, _ context: SiteContext, _ errors: [FieldError]
  ) throws -> Response {
    try site.response(
      page(typed, context, errors: errors), context, status: .unprocessableContent)
  }

  private func page(
    _ typed: String, _ context: SiteContext, errors: [FieldError]
  ) -> UndoUserNamePage {
    UndoUserNamePage(
      frame: site.frame(
        site.texts(context)["undo.title"], context, errors: errors, form: .keptInOtherLanguage),
      email: Field(typed, error: errors.text(at: "email")),
      code: Field(error: errors.text(at: "code")))
  }
}

struct UndoUserNamePage: Page {
  var template: String { "undo-user-name" }
  let frame: Frame
  let email: Field
  let code: Field
}
