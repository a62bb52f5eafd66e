/// What a customer claims on the first page (J2).
package struct Claim: Hashable, Sendable {
  package enum Number: Hashable, Sendable {
    case policy(PolicyNumber)
    case customer(CustomerNumber)

    package var text: String {
      switch self {
      case .policy(let number): number.text
      case .customer(let number): number.text
      }
    }
  }

  package let number: Number
  package let mobile: MobileNumber

  package init(number: Number, mobile: MobileNumber) {
    self.number = number
    self.mobile = mobile
  }
}

/// A customer according to the register.
package struct RegisteredCustomer: Hashable, Sendable {
  package let number: CustomerNumber
  package let name: String
  package let smsNumber: PhoneNumber?
  package let email: EmailAddress?
  package let status: CustomerStatus

  package init(
    number: CustomerNumber, name: String, smsNumber: PhoneNumber?, email: EmailAddress?,
    status: CustomerStatus
  ) {
    self.number = number
    self.name = name
    self.smsNumber = smsNumber
    self.email = email
    self.status = status
  }
}

/// What the register says about a claimed number.
package struct RegisterAnswer: Hashable, Sendable {
  /// The customer who has the number, if anybody has.
  package let customer: RegisteredCustomer?
  /// Of how many customers it is an old number.
  package let oldOwners: Int
  /// The one of them, if it is only one.
  package let oldOwner: CustomerNumber?
  /// Whether the insurer's files give it to several customers.
  package let isContested: Bool

  package init(
    customer: RegisteredCustomer? = nil, oldOwners: Int = 0, oldOwner: CustomerNumber? = nil,
    isContested: Bool = false
  ) {
    self.customer = customer
    self.oldOwners = oldOwners
    self.oldOwner = oldOwner
    self.isContested = isContested
  }
}

/// Why a claim did not match: for the call centre, never for the page (J3).
package enum Mismatch: String, CaseIterable, Sendable {
  case unknownNumber = "unknown_number"
  case oldCustomerNumber = "old_customer_number"
  /// Several customers had the number before, and nobody has it now.
  case oldNumberOfSeveral = "old_number_of_several"
  /// Written as people write it, it is the number of several customers at once.
  case severalCustomers = "several_customers"
  case customerBlocked = "customer_blocked"
  case customerDeceased = "customer_deceased"
  case customerClosed = "customer_closed"
  case noSMSNumber = "no_sms_number"
  case unsuitableSMSNumber = "unsuitable_sms_number"
  case otherMobile = "other_mobile"
}

extension Claim {
  /// Whom a claim that matches proves to be a customer, and the number to text.
  package struct Match: Hashable, Sendable {
    package let customer: CustomerNumber
    package let smsNumber: PhoneNumber
  }

  /// Whether the claim matches what the register has under its number.
  ///
  /// Only of exactly one customer: nobody is let in on a number that may be another's.
  ///
  /// - Returns: the customer with the number to text, or the first reason.
  package func compare(
    with answer: RegisterAnswer, limits: Limits
  ) -> Result<Match, IdentificationRefused> {
    if answer.isContested { return .failure(.init(.severalCustomers)) }
    guard let customer = answer.customer else {
      switch answer.oldOwners {
      case 0: return .failure(.init(.unknownNumber))
      case 1: return .failure(.init(.oldCustomerNumber))
      default: return .failure(.init(.oldNumberOfSeveral))
      }
    }
    switch customer.status {
    case .active: break
    case .blocked: return .failure(.init(.customerBlocked))
    case .deceased: return .failure(.init(.customerDeceased))
    case .closed: return .failure(.init(.customerClosed))
    }
    guard let onFile = customer.smsNumber else { return .failure(.init(.noSMSNumber)) }
    guard onFile.hasPrefix(in: limits.mobilePrefixes) else {
      return .failure(.init(.unsuitableSMSNumber))
    }
    guard mobile.matches(onFile) else { return .failure(.init(.otherMobile)) }
    return .success(Match(customer: customer.number, smsNumber: onFile))
  }
}

package struct IdentificationRefused: Error, Hashable {
  package let reason: Mismatch

  package init(_ reason: Mismatch) {
    self.reason = reason
  }
}

extension PhoneNumber {
  /// Whether this is a Hungarian mobile number with one of the prefixes.
  ///
  /// Messages go nowhere else, so that an error in the register cannot text an expensive number.
  package func hasPrefix(in prefixes: [String]) -> Bool {
    isHungarianMobile && prefixes.contains { e164.utf8.starts(with: "+36\($0)".utf8) }
  }
}
