internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import InternationalDomains
internal import Pages
internal import Wording

/// The page for another address: for letters, or as the user name (J10).
struct ChangeAddressScreen: Sendable {
  let site: Site
  let addressChanges: AddressChanges
  let purpose: AddressChanges.Purpose

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let errors =
      FlashMessage(request) == .addressTaken
      ? [FieldError(anchor: "email", text: site.texts(context)["addressCode.taken"])] : []
    let typed = site.takeTyped(at: purpose.path.rawValue, by: account.id.owner, in: context)
    return try await answer(
      typed?["email"] ?? "", account, context, errors: errors, status: .ok,
      isRestored: typed != nil)
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let texts = site.texts(context)
    let typed = context.form["email"]
    if context.isLanguageOnly {
      return try await answer(typed, account, context, errors: [], status: .ok)
    }
    let isRemoval = purpose == .correspondence && !context.form["remove"].isEmpty
    let form = NewAddressForm(context.form, texts, asksForAddress: !isRemoval)
    guard form.mistakes.isEmpty else {
      return try await again(typed, account, context, form.mistakes)
    }
    let outcome =
      if let email = form.email {
        try await addressChanges.request(
          email, for: purpose, password: form.password, of: account.id)
      } else {
        try await addressChanges.removeCorrespondence(password: form.password, of: account.id)
      }
    switch outcome {
    case .codeSent: return purpose.codePath.seeOther()
    case .removed: return CustomerPath.profile.seeOther(message: .correspondenceRemoved)
    // The second click of a double click finds what the first one did.
    case .unchanged where isRemoval:
      return CustomerPath.profile.seeOther(message: .correspondenceRemoved)
    case .overloaded: throw Unavailable()
    case .unchanged, .wrongPassword, .taken, .tooManyTaken, .tooMany:
      let anchor = outcome == .wrongPassword ? "password" : "email"
      let mistake = FieldError(anchor: anchor, text: sentence(for: outcome, texts))
      return try await again(typed, account, context, [mistake])
    }
  }

  private func sentence(for outcome: AddressChanges.RequestOutcome, _ texts: Texts) -> String {
    switch outcome {
    case .unchanged: texts["address.unchanged"]
    case .wrongPassword: texts["confirm.wrongPassword"]
    case .taken: texts["email.taken"]
    case .tooManyTaken: texts["correct.tooManyTaken"]
    case .tooMany: texts["confirm.tooMany"]
    case .codeSent, .removed, .overloaded: ""
    }
  }

  private func again(
    _ typed: String, _ account: Account, _ context: SiteContext, _ errors: [FieldError]
  ) async throws -> Response {
    try await answer(typed, account, context, errors: errors, status: .unprocessableContent)
  }

  private func answer(
    _ typed: String, _ account: Account, _ context: SiteContext, errors: [FieldError],
    status: HTTPResponse.Status, isRestored: Bool = false
  ) async throws -> Response {
    let profile = try await addressChanges.profile(of: account)
    let own = purpose == .correspondence ? profile.correspondence : nil
    let pending = profile.pending[purpose]
    func field(_ anchor: String, _ value: String = "") -> Field {
      Field(value, error: errors.text(at: anchor))
    }
    return try site.response(
      ChangeAddressPage(
        frame: site.frame(
          purpose.title(site.texts(context)), context, errors: errors,
          form: .keptInOtherLanguage),
        isRestored: isRestored, isUserName: purpose == .userName,
        isCorrespondence: purpose == .correspondence, userName: account.email.address,
        present: (own ?? account.email).shown, hasOwn: own != nil,
        pending: pending?.shown ?? "", hasPending: pending != nil, email: field("email", typed),
        password: field("password")),
      context, status: status)
  }
}

struct ChangeAddressPage: Page {
  var template: String { "change-address" }
  let frame: Frame
  /// Whether the form is as it was before the time was over.
  let isRestored: Bool
  let isUserName: Bool
  let isCorrespondence: Bool
  /// For the browser's password manager.
  let userName: String
  let present: String
  /// Whether letters have a separate address.
  let hasOwn: Bool
  let pending: String
  let hasPending: Bool
  let email: Field
  let password: Field
}

extension AddressChanges.Purpose {
  var path: CustomerPath {
    switch self {
    case .correspondence: .correspondence
    case .userName: .userName
    }
  }

  var codePath: CustomerPath {
    switch self {
    case .correspondence: .confirmCorrespondence
    case .userName: .confirmUserName
    }
  }

  var resendPath: CustomerPath {
    switch self {
    case .correspondence: .resendCorrespondenceCode
    case .userName: .resendUserNameCode
    }
  }

  /// What the profile says when the change is made.
  var saved: FlashMessage {
    switch self {
    case .correspondence: .correspondenceSaved
    case .userName: .userNameSaved
    }
  }

  fileprivate func title(_ texts: Texts) -> String {
    switch self {
    case .correspondence: texts["correspondence.title"]
    case .userName: texts["userName.title"]
    }
  }

  func codeTitle(_ texts: Texts) -> String {
    switch self {
    case .correspondence: texts["addressCode.title.correspondence"]
    case .userName: texts["addressCode.title.userName"]
    }
  }
}
