package import FoundationEssentials

/// What a finished registration creates: a customer's way into the portal.
package struct Account: Hashable, Sendable {
  package typealias ID = Identity<Account>

  package let id: ID
  package let customer: CustomerNumber
  /// The user name (J5).
  package let email: EmailAddress
  /// `nil` until the e-mailed code has been entered; until then the portal is limited (J9).
  package let emailConfirmedAt: Date?
  package let language: Language
  /// What the register and staff say about it at present (D 12).
  package let standing: AccountStanding

  package init(
    id: ID, customer: CustomerNumber, email: EmailAddress, emailConfirmedAt: Date?,
    language: Language, standing: AccountStanding = AccountStanding(owner: .active)
  ) {
    self.id = id
    self.customer = customer
    self.email = email
    self.emailConfirmedAt = emailConfirmedAt
    self.language = language
    self.standing = standing
  }

  package var isConfirmed: Bool { emailConfirmedAt != nil }
}

/// A policy as the register has it.
package struct Policy: Hashable, Sendable {
  package let number: String
  package let product: String
  package let status: String
  /// ISO dates, as the register writes them.
  package let validFrom: String?
  package let validTo: String?

  package init(
    number: String, product: String, status: String, validFrom: String?, validTo: String?
  ) {
    self.number = number
    self.product = product
    self.status = status
    self.validFrom = validFrom
    self.validTo = validTo
  }
}
