import Accounts
import Domain
import Foundation
import TestSupport
import Testing

/// An address that somebody registered with and never confirmed is free again after a time, to the
/// second (D 7).
struct UnconfirmedAddressTests {
  private static let email = "anna@pelda.hu"

  /// Peter has registered with Anna's address, and never confirms it; in a second his time is over.
  private func almostOver() async throws -> Stage {
    let stage = try await Stage()
    _ = try await stage.registered(.peter, email: Self.email)
    stage.clock.advance(by: Double(stage.world.limits.unconfirmedAddressSeconds - 1))
    return stage
  }

  /// Whose account it is that opens with the address.
  private func owner(on stage: Stage) async throws -> String? {
    guard let token = try await stage.logIn(Self.email).token else { return nil }
    return try await stage.sessions.resume(token)?.customer.text
  }

  @Test func `at registration a stranger's unconfirmed address is taken until the time is over`()
    async throws
  {
    let stage = try await almostOver()
    let token = try await stage.proven(.anna)
    #expect(
      try await stage.registrations.give(stage.contact(Self.email), in: token)
        == .of(.emailTaken(answersLeft: 4)))
    #expect(try await stage.audited("address_freed") == 0)
    stage.clock.advance(by: 1)
    #expect(
      try await stage.registrations.give(stage.contact(Self.email), in: token) == .of(.accepted))
    #expect(
      try await stage.registrations.choosePassword(Stage.password, in: token) == .registered)
    #expect(try await stage.audited("address_freed") == 1)
    #expect(try await owner(on: stage) == Cast.anna.number)
  }

  @Test func `at the correction of an address that is not confirmed it is the same`()
    async throws
  {
    let stage = try await almostOver()
    let (_, anna) = try await stage.loggedIn(.anna, email: "elirt@pelda.hu")
    func correct() async throws -> Confirmations.CorrectionOutcome {
      try await stage.confirmations.correctEmail(
        to: EmailAddress(Self.email), password: Stage.password, of: anna.id)
    }
    #expect(try await correct() == .taken)
    #expect(try await stage.audited("address_freed") == 0)
    stage.clock.advance(by: 1)
    #expect(try await correct() == .corrected)
    #expect(try await stage.userName(of: anna) == Self.email)
    #expect(try await stage.audited("address_freed") == 1)
    #expect(try await owner(on: stage) == Cast.anna.number)
  }

  @Test func `an address that its account has confirmed is never free`() async throws {
    let stage = try await Stage()
    _ = try await stage.confirmed(.peter, email: Self.email)
    stage.clock.advance(by: 10 * Double(stage.world.limits.unconfirmedAddressSeconds))
    let token = try await stage.proven(.anna)
    #expect(
      try await stage.registrations.give(stage.contact(Self.email), in: token)
        == .of(.emailTaken(answersLeft: 4)))
    #expect(try await owner(on: stage) == Cast.peter.number)
  }
}
