internal import Domain
internal import Pages
internal import Wording

/// What was typed on the first page, and what it means (J2).
struct IdentifyForm: Sendable {
  let isCustomerNumber: Bool
  let policyNumber: String
  let customerNumber: String
  let mobilePrefix: String
  let mobileNumber: String

  init(_ form: Form) {
    isCustomerNumber = form["kind"] == "customer"
    policyNumber = form["policyNumber"]
    customerNumber = form["customerNumber"]
    mobilePrefix = form["mobilePrefix"]
    mobileNumber = form["mobileNumber"]
  }

  /// The claim, or the sentences for the fields that cannot be one.
  func claim(accepting prefixes: [String], in texts: Texts) -> Result<Claim, Mistakes> {
    var mistakes = Mistakes()
    var number: Claim.Number?
    var mobile: MobileNumber?
    if isCustomerNumber {
      do throws(CustomerNumber.Invalid) {
        number = .customer(try CustomerNumber(customerNumber))
      } catch { mistakes.number = texts.sentence(for: error) }
    } else {
      do throws(PolicyNumber.Invalid) {
        number = .policy(try PolicyNumber(policyNumber))
      } catch { mistakes.number = texts.sentence(for: error) }
    }
    do throws(MobileNumber.Invalid) {
      mobile = try MobileNumber(
        prefix: mobilePrefix, number: mobileNumber, accepting: prefixes)
    } catch { mistakes.mobile = texts.sentence(for: error, prefixes: prefixes) }
    guard let number, let mobile else { return .failure(mistakes) }
    return .success(Claim(number: number, mobile: mobile))
  }

  struct Mistakes: Error {
    var number: String?
    var mobile: String?
  }
}
