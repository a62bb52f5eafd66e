internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// Ends the portal's contract, and the account with it (J10).
struct EndContractScreen: Sendable {
  let site: Site
  let contracts: Contracts

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let typed = site.takeTyped(
      at: CustomerPath.endContract.rawValue, by: account.id.owner, in: context)
    return try response(context, account, [], wasTicked: typed?["confirm"] == "yes")
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let texts = site.texts(context)
    let password = context.form["password"]
    var errors: [FieldError] = []
    if context.form["confirm"] != "yes" {
      errors.append(FieldError(anchor: "confirm", text: texts["endContract.confirm.missing"]))
    }
    if password.isEmpty {
      errors.append(FieldError(anchor: "password", text: texts["logIn.password.missing"]))
    }
    guard errors.isEmpty else { return try response(context, account, errors) }
    switch try await contracts.end(by: account, password: password) {
    case .ended:
      context.remove(.session)
      var response = CustomerPath.logIn.seeOther(message: .contractEnded)
      // As after logging out, what the browser stored of the pages is deleted too.
      if let name = HTTPField.Name("Clear-Site-Data") { response.headers[name] = "\"cache\"" }
      return response
    case .outOfTurn: return CustomerPath.home.seeOther()
    case .overloaded: throw Unavailable()
    case .wrongPassword:
      return try response(
        context, account,
        [FieldError(anchor: "password", text: texts["confirm.wrongPassword"])])
    }
  }

  private func response(
    _ context: SiteContext, _ account: Account, _ errors: [FieldError], wasTicked: Bool = false
  ) throws -> Response {
    func field(_ name: String) -> Field {
      Field(error: errors.text(at: name))
    }
    let page = EndContractPage(
      frame: site.frame(
        site.texts(context)["endContract.title"], context, errors: errors, form: .typedAnew),
      isRestored: wasTicked, userName: account.email.address,
      isTicked: wasTicked || context.form["confirm"] == "yes",
      confirm: field("confirm"), password: field("password"))
    return try site.response(
      page, context, status: errors.isEmpty ? .ok : .unprocessableContent)
  }
}

struct EndContractPage: Page {
  var template: String { "end-contract" }
  let frame: Frame
  /// Whether the form is as it was before the time was over.
  let isRestored: Bool
  let userName: String
  let isTicked: Bool
  let confirm: Field
  let password: Field
}
