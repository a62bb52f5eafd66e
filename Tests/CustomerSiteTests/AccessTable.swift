internal import CustomerSite

/// Who may do what: one line for each path of the site (ASVS 8.1.1).
///
/// A path without a line is open to nobody: the tests fail until somebody has decided.
enum AccessTable {
  static let lines: [CustomerPath: Access] = [
    .opening: .everybody,
    .start: .everybody,
    .questions: .everybody,
    .guide: .everybody,
    .privacy: .everybody,
    .notice: .everybody,
    .contract: .everybody,
    .imprint: .everybody,
    .contactUs: .everybody,
    .accessibility: .everybody,
    .recovery: .everybody(post: 422),
    .recoverPassword: .everybody(post: 303),
    .resendRecoveryCode: .everybody(post: 303),
    .undoUserName: .everybody(post: 422),
    .changePassword: .everybody(get: 302),
    .logIn: .everybody(post: 422),
    .logInCode: .everybody(post: 303),
    .logOut: .everybody(post: 303),
    .timeLimit: .everybody(post: 303),

    .identify: .everybody(post: 422),
    .enterCode: .registering(at: .phone, post: 422),
    .resendCode: .registering(at: .phone, post: 422),
    .contact: .registering(at: .email, .password, post: 422),
    .choosePassword: .registering(at: .password, post: 422),
    .success: .registering(at: .finished),

    .confirmEmail: .unconfirmed(post: 422),
    .resendEmailCode: .unconfirmed(post: 422),
    .correctEmail: .unconfirmed(post: 422),

    // Inside the account: for who is confirmed, with the answer to an empty form.
    .home: .confirmed,
    .devices: .confirmed,
    .endSessions: .confirmed(post: 404),
    .ownPassword: .confirmed(post: 422),
    // Straight after the login there is nothing to prove.
    .stepUp: .confirmed(get: 303, post: 303),
    .sendStepUpCode: .confirmed(post: 303),
    .profile: .confirmed,
    .correspondence: .confirmed(post: 422),
    .confirmCorrespondence: .confirmed(get: 303, post: 303),
    .resendCorrespondenceCode: .confirmed(post: 303),
    .userName: .confirmed(post: 422),
    .confirmUserName: .confirmed(get: 303, post: 303),
    .resendUserNameCode: .confirmed(post: 303),
    .declarations: .confirmed(post: 400),
    .acceptDocuments: .confirmed(get: 303, post: 303),
    .myContract: .confirmed,
    .contractFile: .confirmed(get: 404, post: 0),
    .endContract: .confirmed(post: 422),
    .dataRights: .confirmed(post: 400),
  ]
}

/// Who may ask a path, and what an empty form of theirs is answered.
enum Access: Sendable {
  case everybody(get: Int, post: Int)
  /// Who is at one of these steps of a registration.
  case registering(at: [Role], post: Int)
  /// Who is logged in and has not confirmed the address yet.
  case unconfirmed(post: Int)
  /// Who is logged in and has confirmed it.
  case confirmed(get: Int, post: Int)

  static let everybody = Access.everybody(get: 200, post: 0)
  static let confirmed = Access.confirmed(get: 200, post: 0)

  static func everybody(get: Int) -> Access { .everybody(get: get, post: 0) }
  static func everybody(post: Int) -> Access { .everybody(get: 200, post: post) }
  static func confirmed(post: Int) -> Access { .confirmed(get: 200, post: post) }
  static func registering(at roles: Role..., post: Int = 0) -> Access {
    .registering(at: roles, post: post)
  }
}

/// Whom a browser belongs to, as far as the site knows.
enum Role: String, CaseIterable, Sendable {
  case anonymous
  case mismatched
  case phone
  case email
  case password
  case finished
  case unconfirmed
  case confirmed
  /// Confirmed too, and somebody else.
  case otherCustomer
}
