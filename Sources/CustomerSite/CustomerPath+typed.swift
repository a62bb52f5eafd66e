internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Pages

extension CustomerPath {
  /// The fields that come back when the time was over before the form was sent, or who filled them
  /// in went back a step; never a password or a code.
  private static let keptFields: [CustomerPath: [String]] = [
    .contact: [
      "email", "useAddressOnFile", "marketing", "dataProcessing", "contract", "notice",
      "textLanguage", "textVersions",
    ],
    .acceptDocuments: ["contract", "contractVersion", "notice", "noticeVersion"],
    .correctEmail: ["email"],
    .correspondence: ["email"],
    .declarations: ["kind", "answer"],
    .endContract: ["confirm"],
    .userName: ["email"],
  ]

  /// What a page sends by itself: alone it is nothing that anybody typed.
  private static let fieldsOfThePage: Set = [
    "textLanguage", "textVersions", "contractVersion", "noticeVersion",
  ]

  /// What of a posted form is kept.
  func typed(in form: Form) -> [String: String] {
    var typed: [String: String] = [:]
    for field in CustomerPath.keptFields[self] ?? [] where !form[field].isEmpty {
      typed[field] = form[field]
    }
    return CustomerPath.fieldsOfThePage.isSuperset(of: typed.keys) ? [:] : typed
  }

  /// Whether it is a page inside the account, for who has confirmed the address.
  var isOfAccount: Bool {
    rawValue.utf8.starts(with: "/fiok".utf8) && isWorthComingBackTo
  }

  /// Whether somebody who asked for it comes back to it after logging in.
  var isWorthComingBackTo: Bool {
    methods.contains(.get) && ![.home, .contractFile, .stepUp].contains(self)
  }
}

extension AskedPage {
  /// What a logged-in customer was doing.
  init(_ path: CustomerPath, by account: Account.ID, _ form: Form) {
    self.init(path: path.rawValue, owner: account.owner, typed: path.typed(in: form))
  }

  /// What a registering customer was doing.
  init(_ path: CustomerPath, by customer: CustomerNumber, _ form: Form) {
    self.init(path: path.rawValue, owner: customer.owner, typed: path.typed(in: form))
  }
}

extension Account.ID {
  /// Whom typed words belong to.
  var owner: String { "account \(rawValue)" }
}

extension CustomerNumber {
  /// Whom typed words belong to.
  var owner: String { "customer \(text)" }
}
