import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// The operator replaces a key; nobody who is under way notices.
struct KeyRotationTests {
  static let newKey = [UInt8](repeating: 8, count: 32)

  /// The same database under the new key, with the old one still known.
  private func rotated(_ stage: Stage, keys: [[UInt8]]? = nil) async throws -> Stage {
    try await Stage(
      limits: stage.world.limits, on: stage.store, clock: stage.clock,
      keys: keys ?? [Self.newKey, Stage.key], seed: 2)
  }

  private func generous() async throws -> Stage {
    var limits = Limits()
    limits.smsPerNumberPerDay = 1000
    limits.smsPerCustomerPerDay = 1000
    limits.smsPerRegistration = 1000
    return try await Stage(limits: limits)
  }

  @Test func `every code that was sent before a rotation is accepted after it`() async throws {
    // One code in ten begins alike under either key.
    let before = try await generous()
    var underWay: [(Token, String)] = []
    for _ in 1...60 {
      underWay.append((try await before.identified(.anna), try await before.smsCode()))
    }
    let after = try await rotated(before)
    for (token, code) in underWay {
      #expect(try await after.enter(code.suffix(5), in: token) == .of(.accepted))
    }
  }

  @Test func `after a rotation a wrong code is still wrong`() async throws {
    let before = try await generous()
    var underWay: [(Token, String)] = []
    for _ in 1...9 {
      underWay.append((try await before.identified(.anna), try await before.smsCode()))
    }
    let after = try await rotated(before)
    for (token, code) in underWay {
      #expect(try await after.enter(wrong(code), in: token) == .of(.wrong(triesLeft: 4)))
    }
  }

  @Test func `a resend after a rotation leaves the SMS that is late good`() async throws {
    let before = try await generous()
    var underWay: [(Token, String)] = []
    for _ in 1...30 {
      underWay.append((try await before.identified(.anna), try await before.smsCode()))
    }
    before.clock.advance(by: 60)
    let after = try await rotated(before)
    for (token, late) in underWay {
      #expect(try await after.registrations.resendCode(in: token) == .sent(isNewCode: false))
      #expect(try await after.smsCode().prefix(1) == late.prefix(1))
      #expect(try await after.enter(late.suffix(5), in: token) == .of(.accepted))
    }
  }

  @Test func `the code of an e-mail is accepted after a rotation`() async throws {
    let before = try await Stage()
    let (_, account) = try await before.loggedIn(.anna, email: "anna@pelda.hu")
    let code = try await before.emailCode()
    let after = try await rotated(before)
    #expect(try await after.confirm(code.suffix(5), of: account) == .confirmed)
  }

  @Test func `the same click around a rotation is one registration`() async throws {
    let before = try await Stage()
    let token = try await before.identified(.anna)
    let after = try await rotated(before)
    #expect(try await after.identify(.anna, token: token) == .codeSent)
    #expect(try await after.count("registration") == 1)
    #expect(try await after.count("message") == 1)
  }

  @Test func `when the old key is gone a code of it is wrong, and a new one helps`() async throws {
    let before = try await Stage()
    let token = try await before.identified(.anna)
    let old = try await before.smsCode()
    let after = try await rotated(before, keys: [Self.newKey])
    #expect(try await after.enter(old.suffix(5), in: token) == .of(.wrong(triesLeft: 4)))
    after.clock.advance(by: 301)
    _ = try await after.registrations.resendCode(in: token)
    #expect(try await after.enter(after.smsCode().suffix(5), in: token) == .of(.accepted))
  }
}
