internal import Pages

/// The first page of the registration.
struct IdentifyPage: Page {
  var template: String { "identify" }
  let frame: Frame
  /// The path of a registration that is under way in this browser, without its slash.
  let running: String
  let hasRunning: Bool
  let kind: Field
  let isPolicy: Bool
  let isCustomer: Bool
  let policyNumber: Field
  let customerNumber: Field
  let mobileNumber: Field
  let prefixes: [Prefix]
  /// Whether the pair did not match: the page then shows the ways out beneath (J3).
  let isMismatch: Bool

  struct Prefix: Sendable {
    let digits: String
    let isChosen: Bool
  }
}
