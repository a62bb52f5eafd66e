package import Accounts
package import Domain
internal import Foundation

/// The way through the services, for stories that begin in the middle.
extension Stage {
  /// A click on the first page; each call is a click of its own unless the form is named.
  package func visit(
    _ token: Token? = nil, form: String = UUID().uuidString, address: String? = nil,
    language: Language = .hungarian
  ) -> Registrations.Visit {
    Registrations.Visit(
      token: token, form: Array(form.utf8), language: language, address: address)
  }

  /// The person is identified and has a code on the phone.
  package func identified(_ person: Cast) async throws -> Token {
    try await registrations.identify(try person.claim(), on: visit()).token
  }

  /// The person has proven the phone.
  package func proven(_ person: Cast) async throws -> Token {
    // What others wait for goes out first: messages of one batch arrive in any order.
    _ = try await post()
    let token = try await identified(person)
    let entry = try CodeEntry(try await smsCode(), alphabet: world.limits.smsAlphabet)
    guard let newToken = try await registrations.enterCode(entry, in: token).newToken else {
      throw NoCode()
    }
    return newToken
  }

  /// An address and answers to all declarations.
  package func contact(
    _ email: String, marketing: Bool = false, dataProcessing: Bool = true,
    language: Language = .hungarian
  ) throws -> Registration.Contact {
    Registration.Contact(
      email: try EmailAddress(email),
      declarations: DeclarationKind.allCases.map { kind in
        let isAccepted =
          switch kind {
          case .marketing: marketing
          case .dataProcessing: dataProcessing
          case .contract, .notice: true
          }
        return Declaration(
          kind: kind, isAccepted: isAccepted,
          version: world.declaredTexts.version(of: kind, in: language))
      })
  }

  /// The person has given an address; only the password is missing.
  package func contacted(_ person: Cast, email: String) async throws -> Token {
    let token = try await proven(person)
    _ = try await registrations.give(try contact(email), in: token)
    return token
  }

  /// The person has an account.
  package func registered(_ person: Cast, email: String) async throws -> Token {
    let token = try await contacted(person, email: email)
    _ = try await registrations.choosePassword(Stage.password, in: token)
    return token
  }

  /// The person is logged in; the address is not confirmed.
  package func loggedIn(_ person: Cast, email: String) async throws -> (Token, Account) {
    _ = try await registered(person, email: email)
    guard
      case .loggedIn(let token, _) = try await logins.logIn(
        userName: email, password: Stage.password),
      let account = try await sessions.resume(token)
    else { throw NoCode() }
    return (token, account)
  }
}
