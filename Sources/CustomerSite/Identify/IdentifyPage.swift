internal import Pages

/// The first page of the registration.
struct IdentifyPage: CommonPage {
  var template: String { "identify" }
  var frame: Frame
  /// The path of a registration in progress in this browser, without its slash.
  let running: String
  let hasRunning: Bool
  let kind: Field
  let isPolicy: Bool
  let isCustomer: Bool
  let policyNumber: Field
  let customerNumber: Field
  let mobileNumber: Field
  let prefixes: [Prefix]
  /// Whether the pair did not match: the page then shows the ways out below (J3).
  let isMismatch: Bool
  /// Whether to say what may be wrong with the number: it did not match, or cannot be one.
  let showsWayOut: Bool
  /// Whether none of the prefixes is chosen.
  let hasNoPrefix: Bool

  var isUntouched: Bool {
    [kind, policyNumber, customerNumber, mobileNumber].allSatisfy(\.isBlank) && !hasRunning
  }

  struct Prefix: Hashable, Sendable {
    let digits: String
    let isChosen: Bool
  }
}
