import Accounts
import Domain
import TestSupport

/// What somebody does who has to prove once more who they are.
extension Stage {
  static let annasAddress = "anna@pelda.hu"

  /// Anna, whose login was five minutes ago.
  ///
  /// - Parameter person: or somebody else
  func loggedInBefore(_ person: Cast = .anna) async throws -> Token {
    let (token, _) = try await loggedIn(person, email: Stage.annasAddress)
    clock.advance(by: Double(world.limits.stepUpAfterSeconds))
    return token
  }

  /// A login of Anna's in a browser that she has never used.
  func inNewBrowser() async throws -> Token {
    guard let token = try await logIn(Stage.annasAddress).token else { throw NoCode() }
    return token
  }

  func isProven(_ token: Token) async throws -> Bool? {
    try await sessions.look(at: token)?.isProven
  }

  @discardableResult
  func askForStepUp(
    in token: Token, mark: String = "", from network: String? = nil
  ) async throws -> StepUps.SendingOutcome {
    try await stepUps.sendCode(in: token, mark: mark, language: .hungarian, from: network)
  }

  func enterStepUp(
    _ typed: some StringProtocol, in token: Token, from network: String? = nil
  ) async throws -> StepUps.ProofOutcome {
    let entry = try CodeEntry(String(typed), alphabet: world.limits.smsAlphabet)
    return try await stepUps.enterCode(entry, in: token, from: network)
  }

  /// Asks for a code and enters it.
  func stepUp(in token: Token) async throws -> Token {
    try await askForStepUp(in: token)
    guard case .proven(let successor) = try await enterStepUp(try await smsCode(), in: token)
    else { throw NoCode() }
    return successor
  }

  func stepUpState(_ token: Token) async throws -> StepUps.Standing.State? {
    try await stepUps.standing(of: token)?.state
  }
}
