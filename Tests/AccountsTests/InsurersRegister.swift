import Accounts
import Domain
import Synchronization
import TestSupport

/// The insurer's own service, as a story wants it.
final class InsurersRegister: Sendable {
  let answers = Mutex<[String: CustomerRegister.Answer]>([:])
  let isAway = Mutex(false)
  let asked = Mutex<[String]>([])

  var copy: RegisterCopy {
    RegisterCopy(
      register: CustomerRegister { number throws(RegisterUnavailable) in
        self.asked.withLock { $0.append(number.text) }
        if self.isAway.withLock({ $0 }) { throw RegisterUnavailable(retryAfterSeconds: 90) }
        return self.answers.withLock { $0[number.text] } ?? .unknown(oldNumberOf: [])
      }, freshSeconds: 60, trustSeconds: 3600)
  }

  func knows(
    _ person: Cast, as number: String? = nil, status: CustomerStatus = .active,
    old: [String] = []
  ) throws {
    let number = number ?? person.number
    let record = RegisterRecord(
      customer: RegisteredCustomer(
        number: try CustomerNumber(number), name: person.name,
        smsNumber: try person.sms.map { try PhoneNumber($0) }, email: nil, status: status),
      oldNumbers: try old.map { try OldCustomerNumber($0) },
      policies: [
        Policy(
          number: person.policy, product: "lakás", status: "active", validFrom: nil,
          validTo: nil)
      ])
    answers.withLock {
      $0[number] = .found(record)
      $0[(try? PolicyNumber(person.policy).text) ?? ""] = .found(record)
    }
  }
}
