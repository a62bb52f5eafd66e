internal import Domain
internal import InternationalDomains
internal import Pages
internal import Wording

/// Another address, with the password of the account that it is for.
struct NewAddressForm {
  let password: String
  /// Nil if it cannot be read, or is not asked for.
  let email: EmailAddress?
  /// All that is wrong with the form, by field.
  let mistakes: [FieldError]

  init(_ form: Form, _ texts: Texts, asksForAddress: Bool = true) {
    password = form["password"]
    var email: EmailAddress?
    var mistakes: [FieldError] = []
    if asksForAddress {
      do throws(EmailAddress.Invalid) { email = try EmailAddress(typed: form["email"]) } catch {
        mistakes.append(FieldError(anchor: "email", text: texts.sentence(for: error)))
      }
    }
    if password.isEmpty {
      mistakes.append(FieldError(anchor: "password", text: texts["address.password.missing"]))
    }
    (self.email, self.mistakes) = (email, mistakes)
  }
}
