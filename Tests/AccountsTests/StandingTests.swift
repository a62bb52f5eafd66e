import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// What each page of the registration has to show.
struct StandingTests {
  private func phone(
    _ stage: Stage, _ token: Token
  ) async throws -> SMSCodeStanding? {
    guard case .phone(let phone) = try await stage.registrations.standing(of: token)?.step else {
      return nil
    }
    return phone
  }

  @Test func `the page of the code shows the number masked and the first character`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    let page = try #require(try await phone(stage, token))
    #expect(page.codePrefix == String(code.prefix(1)))
    #expect(!page.maskedNumber.contains("12345"))
    #expect(page.maskedNumber.hasSuffix("67"))
    #expect(page.isLive)
  }

  @Test(arguments: [
    (0.0, 10, 60), (1, 10, 59), (59, 10, 1), (60, 9, 0), (61, 9, 0), (540, 1, 0), (541, 1, 0),
    (599, 1, 0), (600, 0, 0), (3_599, 0, 0),
  ])
  func `minutes and seconds are counted down and never below nought`(
    age: Double, minutes: Int, seconds: Int
  ) async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    stage.clock.advance(by: age)
    let page = try #require(try await phone(stage, token))
    #expect(page.minutesLeft == minutes)
    #expect(page.resendInSeconds == seconds)
    #expect(page.isCodeExpired == (age >= 600))
  }

  @Test func `the page of the code counts the tries down`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    for number in 1...5 {
      _ = try await stage.enter(wrong(code, by: number), in: token)
      #expect(try await phone(stage, token)?.triesLeft == 5 - number)
    }
    #expect(try await phone(stage, token)?.isLive == false)
  }

  @Test func `who comes back to the address finds what was given`() async throws {
    let stage = try await Stage()
    let token = try await stage.contacted(.anna, email: "anna@pelda.hu")
    guard
      case .password(let email, let onFile, let given) = try await stage.registrations
        .standing(of: token)?.step
    else {
      Issue.record("there is no page for the password")
      return
    }
    #expect(email.address == "anna@pelda.hu")
    #expect(onFile?.address == "kovacs.anna@example.hu")
    #expect(given.declarations.count == 4)
    #expect(Set(given.declarations) == Set(try stage.contact("anna@pelda.hu").declarations))
  }

  @Test func `who has no address on file is offered none`() async throws {
    let stage = try await Stage()
    let token = try await stage.proven(.peter)
    guard case .email(nil, nil) = try await stage.registrations.standing(of: token)?.step else {
      Issue.record("an address is offered")
      return
    }
  }

  @Test func `a registration that is over says so`() async throws {
    let stage = try await Stage()
    let token = try await stage.contacted(.anna, email: "anna@pelda.hu")
    stage.clock.advance(by: 3_600)
    guard case .expired = try await stage.registrations.standing(of: token)?.step else {
      Issue.record("the page does not say that it is over")
      return
    }
  }

  @Test func `a token that nobody has stands nowhere`() async throws {
    let stage = try await Stage()
    let stranger = try #require(Token(String(repeating: "ab", count: 32)))
    #expect(try await stage.registrations.standing(of: stranger) == nil)
  }
}
