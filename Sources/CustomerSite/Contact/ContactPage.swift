internal import Pages

/// The page of the e-mail address and the declarations.
struct ContactPage: Page {
  var template: String { "contact" }
  let frame: Frame
  /// Whether the form is as it was before the time was over, or before the step back.
  let isRestored: Bool
  /// Whether the address on file was chosen by its button just now.
  let hasJustChosen: Bool
  /// Whether there is more time since just now.
  var hasMoreTime = false
  let email: Field
  let hasAddressOnFile: Bool
  let addressOnFile: String
  let usesAddressOnFile: Bool
  let confirmedEmail: String
  let marketing: Choice
  let dataProcessing: Choice
  let contract: Tick
  let notice: Tick
  let textLanguage: String
  let textVersions: String

  /// A yes or no, with nothing selected beforehand (D 6).
  struct Choice: Sendable {
    let isYes: Bool
    let isNo: Bool
    let error: String
    let detail = ""
    let hasError: Bool

    init(_ answer: Bool?, error: String?) {
      isYes = answer == true
      isNo = answer == false
      self.error = error ?? ""
      hasError = error != nil
    }
  }

  /// A box that must be ticked.
  struct Tick: Sendable {
    let isTicked: Bool
    let error: String
    let detail = ""
    let hasError: Bool

    init(_ isTicked: Bool, error: String?) {
      self.isTicked = isTicked
      self.error = error ?? ""
      hasError = error != nil
    }
  }
}
