internal import Accounts
internal import Domain
internal import InternationalDomains
internal import Pages
internal import Wording

/// The address and the declarations as they were posted (J5).
struct ContactForm: Sendable {
  let email: String
  /// Whether to use the address on file: its button was pressed now, whatever was typed, or was
  /// pressed before and nothing else has been typed since.
  let usesAddressOnFile: Bool
  /// Whether its button was pressed now.
  let choosesAddressOnFileNow: Bool
  private(set) var marketing: Bool?
  private(set) var dataProcessing: Bool?
  private(set) var acceptsContract: Bool
  private(set) var acceptsNotice: Bool
  /// The language of the texts that were on the page, and their versions.
  let textLanguage: Language
  let textVersions: String
  /// A doubtful address that the customer has already been asked about.
  let confirmedEmail: String

  init(_ form: Form, language: Language) {
    email = form["email"]
    let choice = form["useAddressOnFile"]
    choosesAddressOnFileNow = choice == "now"
    usesAddressOnFile = choice == "now" || (choice == "chosen" && form["email"].isEmpty)
    marketing = ContactForm.answer(form["marketing"])
    dataProcessing = ContactForm.answer(form["dataProcessing"])
    acceptsContract = form["contract"] == "yes"
    acceptsNotice = form["notice"] == "yes"
    textLanguage = Language(rawValue: form["textLanguage"]) ?? language
    textVersions = form["textVersions"]
    confirmedEmail = form["confirmedEmail"]
  }

  /// What was given before, for a customer who comes back from the next page.
  init(_ given: Registration.Contact?, language: Language) {
    func answer(_ kind: DeclarationKind) -> Bool? {
      given?.declarations.first { $0.kind == kind }?.isAccepted
    }
    email = given?.email.shown ?? ""
    (usesAddressOnFile, choosesAddressOnFileNow) = (false, false)
    marketing = answer(.marketing)
    dataProcessing = answer(.dataProcessing)
    acceptsContract = answer(.contract) ?? false
    acceptsNotice = answer(.notice) ?? false
    textLanguage = language
    textVersions = ""
    confirmedEmail = email
  }

  /// What was typed before the time was over or somebody went back; answers to texts that have
  /// changed since are not given again.
  init(_ typed: [String: String], texts: DeclaredTexts, language: Language) {
    let areSameTexts =
      typed["textLanguage"] == language.rawValue
      && typed["textVersions"] == texts.versions(in: language)
    func answer(_ field: String) -> String { areSameTexts ? typed[field] ?? "" : "" }
    email = typed["email"] ?? ""
    usesAddressOnFile = typed["useAddressOnFile"] != nil && email.isEmpty
    choosesAddressOnFileNow = false
    marketing = ContactForm.answer(answer("marketing"))
    dataProcessing = ContactForm.answer(answer("dataProcessing"))
    acceptsContract = answer("contract") == "yes"
    acceptsNotice = answer("notice") == "yes"
    textLanguage = language
    textVersions = ""
    confirmedEmail = ""
  }

  /// The same without any answers: the texts that were answered are no longer those on the page.
  var unanswered: ContactForm {
    var form = self
    (form.marketing, form.dataProcessing) = (nil, nil)
    (form.acceptsContract, form.acceptsNotice) = (false, false)
    return form
  }

  private static func answer(_ word: String) -> Bool? {
    switch word {
    case "yes": true
    case "no": false
    default: nil
    }
  }

  /// The contact, or the sentences for what is missing or impossible.
  func contact(
    onFile: EmailAddress?, texts declaredTexts: DeclaredTexts, in texts: Texts
  ) -> Result<Registration.Contact, Mistakes> {
    var mistakes = Mistakes()
    let address = address(onFile: onFile, &mistakes, texts)
    if textVersions != declaredTexts.versions(in: textLanguage) {
      mistakes.marketing = texts["contact.textsChanged"]
      mistakes.haveTextsChanged = true
      return .failure(mistakes)
    }
    if marketing == nil { mistakes.marketing = texts["contact.marketing.missing"] }
    if dataProcessing == nil { mistakes.dataProcessing = texts["contact.dataProcessing.missing"] }
    if !acceptsContract { mistakes.contract = texts["contact.contract.missing"] }
    if !acceptsNotice { mistakes.notice = texts["contact.notice.missing"] }
    guard let address, mistakes.isEmpty, let marketing, let dataProcessing else {
      return .failure(mistakes)
    }
    let answers: [(DeclarationKind, Bool)] = [
      (.marketing, marketing), (.dataProcessing, dataProcessing), (.contract, acceptsContract),
      (.notice, acceptsNotice),
    ]
    return .success(
      Registration.Contact(
        email: address,
        declarations: answers.map { kind, isAccepted in
          Declaration(
            kind: kind, isAccepted: isAccepted,
            version: declaredTexts.version(of: kind, in: textLanguage))
        }))
  }

  private func address(
    onFile: EmailAddress?, _ mistakes: inout Mistakes, _ texts: Texts
  ) -> EmailAddress? {
    if usesAddressOnFile, let onFile { return onFile }
    do throws(EmailAddress.Invalid) {
      let address = try EmailAddress(typed: email)
      if let intended = address.likelyIntended, confirmedEmail != email {
        mistakes.email = texts["email.likelyIntended", ["intended": intended]]
        mistakes.doubtfulEmail = email
        return nil
      }
      return address
    } catch {
      mistakes.email = texts.sentence(for: error)
      return nil
    }
  }

  struct Mistakes: Error {
    var email: String?
    /// An address that looks mistyped; when sent again it is accepted as it is.
    var doubtfulEmail = ""
    /// Whether the answers were given to texts other than those on the page.
    var haveTextsChanged = false
    var marketing: String?
    var dataProcessing: String?
    var contract: String?
    var notice: String?

    var isEmpty: Bool {
      email == nil && marketing == nil && dataProcessing == nil && contract == nil && notice == nil
    }

    /// In the order of the page.
    var errors: [FieldError] {
      [
        ("email", email), ("marketing", marketing), ("dataProcessing", dataProcessing),
        ("contract", contract), ("notice", notice),
      ].compactMap { anchor, text in text.map { FieldError(anchor: anchor, text: $0) } }
    }
  }
}

extension DeclaredTexts {
  /// The versions of all texts on a page, as one word.
  func versions(in language: Language) -> String {
    DeclarationKind.allCases.map { version(of: $0, in: language).prefix(16) }.joined(separator: "-")
  }
}
