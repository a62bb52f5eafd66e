import Accounts
import Domain
import Foundation
import TestSupport

/// A forgotten password, in one line each.
extension Stage {
  /// The person is logged in, and the whole portal is open.
  func confirmed(_ person: Cast, email: String) async throws -> (Token, Account) {
    let (token, account) = try await loggedIn(person, email: email)
    _ = try await confirm(try await emailCode(), of: account)
    guard let account = try await sessions.resume(token) else { throw NoCode() }
    return (token, account)
  }

  /// A click on the page of a forgotten password; each is a click of its own.
  func askForCode(
    _ email: String, form: String = UUID().uuidString, address: String? = nil
  ) async throws -> Recoveries.RequestOutcome {
    try await recoveries.request(
      EmailAddress(email),
      on: .init(form: Array(form.utf8), language: .hungarian, address: address))
  }

  /// The person waits for a code for a new password.
  func recovering(_ email: String) async throws -> Token {
    guard case .asked(let token) = try await askForCode(email) else { throw NoCode() }
    return token
  }

  /// Types a code and a new password.
  func recover(
    _ code: some StringProtocol, _ password: String = "Napraforgo31", in token: Token
  ) async throws -> Recoveries.PasswordOutcome {
    let entry = try CodeEntry(String(code), alphabet: .unambiguous)
    return try await recoveries.choosePassword(password, code: entry, in: token)
  }
}

/// Another code than this one, of letters and digits.
func otherCode(than code: String, by distance: Int = 1) -> String {
  let symbols = CodeAlphabet.unambiguous.symbols
  var typed = Array(code.suffix(5).utf8)
  for (place, step) in [(0, distance % symbols.count), (1, distance / symbols.count)] {
    let old = symbols.firstIndex(of: typed[place]) ?? 0
    typed[place] = symbols[(old + step) % symbols.count]
  }
  return String(decoding: typed, as: UTF8.self)
}
