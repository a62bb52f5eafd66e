internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// The page of the e-mail address and the declarations (J5).
struct ContactScreen: Sendable {
  let site: Site
  let registrations: Registrations
  let declaredTexts: DeclaredTexts

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ guest: RegistrationAccess.Guest
  ) async throws -> Response {
    guard let place = place(of: guest) else {
      return try site.outOfTurn(.contact, guest, context)
    }
    var form = ContactForm(place.given, language: context.language)
    // Newer than what was given: it is remembered only until the form is sent.
    let typed = takeTyped(guest, context)
    if let typed { form = ContactForm(typed, texts: declaredTexts, language: context.language) }
    var mistakes = ContactForm.Mistakes()
    if FlashMessage(request) == .emailTaken {
      // Somebody else took the address while the password was being chosen.
      mistakes.email = site.texts(context)["email.taken"]
    }
    return try site.response(
      page(form, place.onFile, context, mistakes: mistakes, isRestored: typed != nil), context)
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ guest: RegistrationAccess.Guest
  ) async throws -> Response {
    guard let place = place(of: guest) else { return guest.standing.step.path.seeOther() }
    let form = ContactForm(context.form, language: context.language)
    if context.isLanguageOnly {
      return try site.response(page(form, place.onFile, context), context)
    }
    if context.asksForMoreTime { return try await moreTime(form, guest, context) }
    if context.goesBack { return stepBack(guest, context) }
    let texts = site.texts(context)
    switch form.contact(onFile: place.onFile, texts: declaredTexts, in: texts) {
    case .failure(let mistakes):
      if form.choosesAddressOnFileNow, place.onFile != nil, !mistakes.haveTextsChanged {
        // The button only chose the address; what is further down has not been reached yet.
        return try site.response(
          page(form, place.onFile, context, hasJustChosen: true), context)
      }
      return try again(form, place.onFile, context, mistakes)
    case .success(let contact):
      switch context.told(.contact, try await registrations.give(contact, in: guest.token)) {
      case .of(.accepted):
        _ = takeTyped(guest, context)
        return CustomerPath.choosePassword.seeOther()
      case .of(.emailTaken(let answersLeft)):
        var mistakes = ContactForm.Mistakes()
        mistakes.email =
          texts["email.taken"] + (answersLeft == 1 ? " " + texts["email.taken.lastTry"] : "")
        return try again(form, place.onFile, context, mistakes)
      case .of(.stopped), .of(.expired), .of(.outOfTurn), .unknown:
        return CustomerPath.enterCode.seeOther()
      }
    }
  }

  /// «Több időt kérek» without a script: the page again as it was typed.
  private func moreTime(
    _ form: ContactForm, _ guest: RegistrationAccess.Guest, _ context: SiteContext
  ) async throws -> Response {
    guard try await registrations.extend(guest.token),
      let standing = try await registrations.standing(of: guest.token),
      let place = place(of: RegistrationAccess.Guest(token: guest.token, standing: standing))
    else { return CustomerPath.enterCode.seeOther() }
    var context = context
    context.deadline = standing.deadline
    // What was answered to other texts than these is no answer to these.
    let areSameTexts = form.textVersions == declaredTexts.versions(in: form.textLanguage)
    return try site.response(
      page(
        areSameTexts ? form : form.unanswered, place.onFile, context,
        hasMoreTime: standing.expiresAt > guest.standing.expiresAt), context)
  }

  /// «Vissza»: to the first page, since the code of the second has done its work; the way on from
  /// there leads here, to the form as it was.
  private func stepBack(
    _ guest: RegistrationAccess.Guest, _ context: SiteContext
  ) -> Response {
    if let customer = guest.standing.customer {
      let page = AskedPage(.contact, by: customer, context.form)
      if !page.typed.isEmpty { site.remember(page, in: context) }
    }
    return CustomerPath.identify.seeOther()
  }

  /// What this customer had typed here before; the browser forgets it.
  private func takeTyped(
    _ guest: RegistrationAccess.Guest, _ context: SiteContext
  ) -> [String: String]? {
    guest.standing.customer.flatMap {
      site.takeTyped(at: CustomerPath.contact.rawValue, by: $0.owner, in: context)
    }
  }

  private struct Place {
    let onFile: EmailAddress?
    let given: Registration.Contact?
  }

  /// Where the page may be shown: until the account exists, also after coming back to it.
  private func place(of guest: RegistrationAccess.Guest) -> Place? {
    switch guest.standing.step {
    case .email(let onFile, let given): Place(onFile: onFile, given: given)
    case .password(_, let onFile, let given): Place(onFile: onFile, given: given)
    case .identification, .phone, .finished, .alreadyRegistered, .stopped, .expired: nil
    }
  }

  private func again(
    _ form: ContactForm, _ onFile: EmailAddress?, _ context: SiteContext,
    _ mistakes: ContactForm.Mistakes
  ) throws -> Response {
    let form = mistakes.haveTextsChanged ? form.unanswered : form
    return try site.response(
      page(form, onFile, context, mistakes: mistakes), context, status: .unprocessableContent)
  }

  private func page(
    _ form: ContactForm, _ onFile: EmailAddress?, _ context: SiteContext,
    mistakes: ContactForm.Mistakes = .init(), isRestored: Bool = false,
    hasJustChosen: Bool = false, hasMoreTime: Bool = false
  ) -> ContactPage {
    ContactPage(
      frame: site.frame(
        site.texts(context)["contact.title"], context, errors: mistakes.errors,
        form: .keptInOtherLanguage),
      isRestored: isRestored, hasJustChosen: hasJustChosen && onFile != nil,
      hasMoreTime: hasMoreTime,
      email: Field(form.email, error: mistakes.email),
      hasAddressOnFile: onFile != nil, addressOnFile: onFile?.masked ?? "",
      usesAddressOnFile: form.usesAddressOnFile && onFile != nil,
      confirmedEmail: mistakes.doubtfulEmail.isEmpty
        ? form.confirmedEmail : mistakes.doubtfulEmail,
      marketing: .init(form.marketing, error: mistakes.marketing),
      dataProcessing: .init(form.dataProcessing, error: mistakes.dataProcessing),
      contract: .init(form.acceptsContract, error: mistakes.contract),
      notice: .init(form.acceptsNotice, error: mistakes.notice),
      textLanguage: context.language.rawValue,
      textVersions: declaredTexts.versions(in: context.language))
  }
}
