internal import Domain
internal import Pages
internal import Wording

/// What was typed on the first page, and what it means (J2).
struct IdentifyForm: Sendable {
  /// `policy` or `customer`.
  let kind: String
  let policyNumber: String
  let customerNumber: String
  let mobilePrefix: String
  let mobileNumber: String

  init(_ form: Form) {
    kind = form["kind"]
    policyNumber = form["policyNumber"]
    customerNumber = form["customerNumber"]
    mobilePrefix = form["mobilePrefix"]
    mobileNumber = form["mobileNumber"]
  }

  var isCustomerNumber: Bool { kind == "customer" }

  /// The claim, or the sentences for the invalid fields.
  func claim(accepting prefixes: [String], in texts: Texts) -> Result<Claim, Mistakes> {
    var mistakes = Mistakes()
    var number: Claim.Number?
    var mobile: MobileNumber?
    switch kind {
    case "customer":
      do throws(CustomerNumber.Invalid) {
        number = .customer(try CustomerNumber(customerNumber))
      } catch {
        mistakes.number = texts.sentence(for: error)
        mistakes.reasons.append("customerNumber \(error)")
      }
    case "policy":
      do throws(PolicyNumber.Invalid) {
        number = .policy(try PolicyNumber(policyNumber))
      } catch {
        mistakes.number = texts.sentence(for: error)
        mistakes.reasons.append("policyNumber \(error)")
      }
    default:
      mistakes.kind = texts["identify.kind.missing"]
      mistakes.reasons.append("kind")
    }
    do throws(MobileNumber.Invalid) {
      mobile = try MobileNumber(
        prefix: mobilePrefix, number: mobileNumber, accepting: prefixes)
    } catch {
      mistakes.mobile = texts.sentence(for: error, prefixes: prefixes)
      mistakes.isPrefixMissing = error == .prefixChoice
      mistakes.reasons.append("mobileNumber \(error)")
    }
    guard let number, let mobile else { return .failure(mistakes) }
    return .success(Claim(number: number, mobile: mobile))
  }

  struct Mistakes: Error {
    var kind: String?
    var number: String?
    var mobile: String?
    /// Whether it is the choice beside the number that is missing.
    var isPrefixMissing = false
    /// The same for the call centre, without anything that was typed.
    var reasons: [String] = []
  }
}
