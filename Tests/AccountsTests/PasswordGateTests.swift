import Accounts
import Domain
import Outbox
import Synchronization
import TestSupport
import Testing

/// The password is asked for once more before what a stolen cookie must not be enough for; by the
/// time of the change it may be another one (ASVS 7.5.1).
@Suite struct PasswordGateTests {
  /// What somebody who is logged in may do with the password.
  enum Act: CaseIterable {
    case correctEmail
    case changeUserName
    case changeCorrespondence
    case removeCorrespondence
    case changePassword
    case repeatPasswordChange
    case askForErasure
    case endContract
  }

  private static let old = "tolvaj@pelda.hu"
  private static let new = "anna@pelda.hu"
  private static let changed = "Borostyan58Hegy"
  private static let newPassword = "Kekszilva42Dio"

  /// - Returns: whether the act was refused
  private func isRefused(
    _ act: Act, by account: Account, in session: Token, on stage: Stage
  ) async throws -> Bool {
    let other = try EmailAddress("masik@pelda.hu")
    let password = Stage.password
    switch act {
    case .correctEmail:
      return try await stage.confirmations.correctEmail(
        to: other, password: password, of: account.id) == .wrongPassword
    case .changeUserName, .changeCorrespondence:
      return try await stage.addressChanges.request(
        other, for: act == .changeUserName ? .userName : .correspondence, password: password,
        of: account.id) == .wrongPassword
    case .removeCorrespondence:
      return try await stage.addressChanges.removeCorrespondence(
        password: password, of: account.id) == .wrongPassword
    case .changePassword:
      return try await stage.passwordChanges.change(
        password, to: Self.changed, of: account, in: session) == .wrongPassword
    case .repeatPasswordChange:
      return try await stage.passwordChanges.repeated(Self.changed, in: session) == nil
    case .askForErasure:
      return try await stage.dataRights.askForErasure(account, password: password)
        == .wrongPassword
    case .endContract:
      return try await stage.contracts.end(by: account, password: password) == .outOfTurn
    }
  }

  @Test(arguments: Stage.Ground.allCases, Act.allCases)
  func `who registers anew between the password and the change is not overruled`(
    ground: Stage.Ground, act: Act
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let (session, account) = try await stage.loggedIn(.anna, email: Self.old)
      if act == .repeatPasswordChange {
        _ = try await stage.passwordChanges.change(
          Stage.password, to: Self.changed, of: account, in: session)
      }
      stage.clock.advance(by: 60)
      let anew = try await stage.contacted(.anna, email: Self.new)
      let change = Mutex(Int.max)
      let hooked = HookedStore(
        stage.store,
        beforeWrite: { number in
          guard number == change.withLock({ $0 }) else { return }
          let outcome = try await stage.registrations.choosePassword(Self.newPassword, in: anew)
          #expect(outcome == .registered)
        })
      let slow = try await Stage(on: hooked, clock: stage.clock, seed: 2)
      // The try is counted, then the count is forgotten; the third write is the change itself.
      change.withLock { $0 = hooked.writeCount + 3 }
      let messages = try await stage.post().count

      #expect(try await isRefused(act, by: account, in: session, on: slow))

      #expect(hooked.writeCount >= change.withLock { $0 })
      #expect(try await stage.logIn(Self.new, Self.newPassword).isLoggedIn)
      #expect(try await stage.count("address_change") == 0)
      #expect(try await stage.count("data_request") == 0)
      // Nothing left but the letters of the registration itself.
      let letters = try await stage.post().dropLast(messages)
      #expect(letters.allSatisfy { $0.to != "masik@pelda.hu" })
    }
  }
}
