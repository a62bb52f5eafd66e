import Accounts
import Domain
import Outbox
import Persistence
import TestSupport

/// What people do at the services, in one line each.
extension Stage {
  /// Types something where the SMS code is asked for.
  func enter(_ typed: some StringProtocol, in token: Token) async throws
    -> Registrations.CodeAnswer.Outcome
  {
    try await answer(typed, in: token).outcome
  }

  func answer(_ typed: some StringProtocol, in token: Token) async throws
    -> Registrations.CodeAnswer
  {
    let entry = try CodeEntry(String(typed), alphabet: world.limits.smsAlphabet)
    return try await registrations.enterCode(entry, in: token)
  }

  /// Types something where the e-mailed code is asked for.
  func confirm(_ typed: some StringProtocol, of account: Account) async throws
    -> Confirmations.Outcome
  {
    let entry = try CodeEntry(String(typed), alphabet: .unambiguous)
    return try await confirmations.enterCode(entry, of: account.id)
  }

  /// Identifies somebody with a click of its own.
  func identify(
    _ person: Cast, token: Token? = nil, byPolicy: Bool = true
  ) async throws -> Registrations.IdentificationOutcome {
    try await registrations.identify(person.claim(byPolicy: byPolicy), on: visit(token)).outcome
  }

  func logIn(
    _ email: String, _ password: String = Stage.password, from visit: Logins.Visit = .init()
  ) async throws -> Logins.Outcome {
    try await logins.logIn(userName: email, password: password, from: visit)
  }

  /// The pair that Anna would have if she were somebody else.
  func claim(_ number: Claim.Number, mobileOf person: Cast) throws -> Claim {
    Claim(number: number, mobile: try person.claim().mobile)
  }
}

/// Another code than this one, of the same kind.
func wrong(_ code: String, by distance: Int = 1) -> String {
  let number = (Int(code.suffix(5)) ?? 0) + distance
  let digits = String(number % 100_000)
  return String(repeating: "0", count: 5 - digits.count) + digits
}

extension Logins.Outcome {
  /// The new session's token, if there is one.
  var token: Token? {
    guard case .loggedIn(let token, _) = self else { return nil }
    return token
  }

  var isLoggedIn: Bool { token != nil }

  /// Whether a code by e-mail is asked for.
  var asksForCode: Bool {
    if case .codeAsked = self { true } else { false }
  }

  /// How somebody came in, who did.
  var entry: Logins.Entry? {
    guard case .loggedIn(_, let entry) = self else { return nil }
    return entry
  }
}
