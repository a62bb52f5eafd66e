internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// The first page of the registration: who are you, and what is your mobile number (J2, J3)?
struct IdentifyScreen: Sendable {
  let site: Site
  let registrations: Registrations
  let limits: Limits
  let clientAddress: ClientAddress

  @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
    try site.response(
      page(IdentifyForm(Form()), context, running: await running(context)), context)
  }

  /// Where a registration in progress in this browser continues.
  ///
  /// A convenience that the page can do without: it still works when the database does not.
  private func running(_ context: SiteContext) async -> CustomerPath? {
    guard let token = context.registrationToken,
      let standing = try? await registrations.standing(of: token), standing.step.isUnderWay
    else { return nil }
    // What was changed in a step that is done, and not sent, would be passed by.
    if case .password = standing.step, let customer = standing.customer,
      site.typed(at: CustomerPath.contact.rawValue, by: customer.owner, in: context) != nil
    {
      return .contact
    }
    return standing.step.path
  }

  @Sendable func submit(_ request: Request, _ context: SiteContext) async throws -> Response {
    let form = IdentifyForm(context.form)
    if context.isLanguageOnly { return try site.response(page(form, context), context) }
    switch form.claim(accepting: limits.mobilePrefixes, in: site.texts(context)) {
    case .failure(let mistakes):
      let refused = try await registrations.refuse(
        mistakes.reasons.joined(separator: ", "), on: try visit(request, context))
      switch context.told(.identification, refused) {
      case .told(let token, let caseNumber): context.setRegistration(token, caseNumber)
      case .limited(let seconds):
        return try answer(.limited(retryAfterSeconds: seconds), form, context)
      }
      return try site.response(
        page(form, context, mistakes: mistakes), context, status: .unprocessableContent)
    case .success(let claim):
      let identified = try await registrations.identify(claim, on: try visit(request, context))
      context.setRegistration(identified.token, identified.caseNumber)
      return try answer(context.told(.identification, identified.outcome), form, context)
    }
  }

  private func visit(
    _ request: Request, _ context: SiteContext
  ) throws -> Registrations.Visit {
    Registrations.Visit(
      token: context.registrationToken, form: Array(context.form["formToken"].utf8),
      language: context.language,
      address: try clientAddress.key(of: request, in: context))
  }

  private func answer(
    _ outcome: Registrations.IdentificationOutcome, _ form: IdentifyForm, _ context: SiteContext
  ) throws -> Response {
    switch outcome {
    case .codeSent:
      return CustomerPath.enterCode.seeOther()
    case .noMatch:
      return try site.response(
        page(form, context, isMismatch: true), context, status: .unprocessableContent)
    case .limited(let seconds):
      return try site.response(
        site.tooManyTries(minutes: (seconds + 59) / 60, context), context,
        status: .tooManyRequests, retryAfterSeconds: seconds)
    case .tooManyMessages(let limit):
      return try site.tooManyMessages(limit, in: nil, context, limits)
    case .smsStepDisabled:
      return try site.response(
        site.stopped(.smsStepDisabled, context), context, status: .unprocessableContent)
    case .suspended: return try site.smsSuspended(context)
    case .notOpen: return try site.registrationNotOpen(context)
    case .registerUnavailable(let seconds):
      return try site.registerUnavailable(seconds: seconds, context)
    }
  }

  private func page(
    _ form: IdentifyForm, _ context: SiteContext,
    mistakes: IdentifyForm.Mistakes = .init(), isMismatch: Bool = false,
    running: CustomerPath? = nil
  ) -> IdentifyPage {
    let texts = site.texts(context)
    let anchor = form.isCustomerNumber ? "customerNumber" : "policyNumber"
    var errors: [FieldError] = []
    if isMismatch { errors.append(FieldError(anchor: anchor, text: texts["identify.noMatch"])) }
    if let kind = mistakes.kind {
      errors.append(FieldError(anchor: "kind-policy", text: kind))
    }
    if let number = mistakes.number { errors.append(FieldError(anchor: anchor, text: number)) }
    if let mobile = mistakes.mobile {
      errors.append(
        FieldError(
          anchor: mistakes.isPrefixMissing ? "mobilePrefix" : "mobileNumber", text: mobile))
    }
    let numberError = mistakes.number ?? (isMismatch ? texts["identify.noMatch"] : nil)
    // With one prefix there is nothing to choose; otherwise nobody shall overlook the choice.
    let chosen =
      limits.mobilePrefixes.count == 1
      ? limits.mobilePrefixes.first
      : limits.mobilePrefixes.first { $0 == form.mobilePrefix }
    return IdentifyPage(
      frame: site.frame(
        texts["identify.title"], context, errors: errors, form: .keptInOtherLanguage),
      running: String((running?.rawValue ?? "").drop { $0 == "/" }), hasRunning: running != nil,
      kind: Field(error: mistakes.kind), isPolicy: !form.isCustomerNumber,
      isCustomer: form.isCustomerNumber,
      policyNumber: Field(
        form.policyNumber, error: form.isCustomerNumber ? nil : numberError),
      customerNumber: Field(
        form.customerNumber, error: form.isCustomerNumber ? numberError : nil),
      mobileNumber: Field(form.mobileNumber, error: mistakes.mobile),
      prefixes: limits.mobilePrefixes.map { .init(digits: $0, isChosen: $0 == chosen) },
      isMismatch: isMismatch, showsWayOut: isMismatch || mistakes.number != nil,
      hasNoPrefix: chosen == nil)
  }
}
