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

/// A customer as the register has them.
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

/// Why a claim did not match: for the call centre, never for the page (J3).
package enum Mismatch: String, CaseIterable, Sendable {
  case unknownNumber = "unknown_number"
  case oldCustomerNumber = "old_customer_number"
  case customerBlocked = "customer_blocked"
  case customerDeceased = "customer_deceased"
  case customerClosed = "customer_closed"
  case noSMSNumber = "no_sms_number"
  case unsuitableSMSNumber = "unsuitable_sms_number"
  case otherMobile = "other_mobile"
}

extension Claim {
  /// Whether the claim matches what the register has under its number.
  ///
  /// - Parameters:
  ///   - customer: the customer who has that number, if anybody has
  ///   - isOldNumber: whether it is somebody's old customer number
  /// - Returns: the customer's own record with the number to be texted, or the first reason.
  package func compare(
    with customer: RegisteredCustomer?, isOldNumber: Bool, limits: Limits
  ) -> Result<RegisteredCustomer, IdentificationRefused> {
    guard let customer else {
      return .failure(.init(isOldNumber ? .oldCustomerNumber : .unknownNumber))
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
    return .success(customer)
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
  /// Messages go nowhere else, so that a mistake in the register cannot text a costly number.
  package func hasPrefix(in prefixes: [String]) -> Bool {
    isHungarianMobile && prefixes.contains { e164.utf8.starts(with: "+36\($0)".utf8) }
  }
}
