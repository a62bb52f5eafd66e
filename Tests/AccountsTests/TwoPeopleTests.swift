import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// Two at once: one customer in two browsers, two customers with one address (attacks 11, 12).
struct TwoPeopleTests {
  // MARK: One customer, two browsers

  @Test(arguments: Stage.Ground.allCases)
  func `two browsers of one customer that finish together make one account`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let tokens = [
        try await stage.contacted(.anna, email: "anna@pelda.hu"),
        try await stage.contacted(.anna, email: "anna.masik@pelda.hu"),
      ]
      let outcomes = try await atOnce(2) { number in
        try await stage.registrations.choosePassword(Stage.password, in: tokens[number])
      }
      #expect(Set(outcomes) == [.registered, .alreadyRegistered])
      #expect(try await stage.count("account") == 1)
      #expect(try await stage.count("declaration") == 4)
      #expect(try await stage.audited("registered") == 1)
    }
  }

  @Test func `the slower browser is led to the login`() async throws {
    let stage = try await Stage()
    let slow = try await stage.contacted(.anna, email: "anna.masik@pelda.hu")
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    #expect(
      try await stage.registrations.choosePassword(Stage.password, in: slow) == .alreadyRegistered)
    guard
      case .alreadyRegistered(let email) = try await stage.registrations.standing(of: slow)?.step
    else {
      Issue.record("the page does not tell of the account")
      return
    }
    #expect(email.address == "anna@pelda.hu")
  }

  @Test(arguments: Stage.Ground.allCases)
  func `ten clicks on the last button make one account and one welcome`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let token = try await stage.contacted(.anna, email: "anna@pelda.hu")
      let before = try await stage.post().count
      let outcomes = try await atOnce(10) { _ in
        try await stage.registrations.choosePassword(Stage.password, in: token)
      }
      #expect(outcomes.count { $0 == .registered } == 1)
      #expect(outcomes.count { $0 == .outOfTurn } == 9)
      #expect(try await stage.count("account") == 1)
      #expect(try await stage.count("declaration") == 4)
      #expect(try await stage.post().count == before + 3)
    }
  }

  // MARK: Two customers, one address

  @Test(arguments: Stage.Ground.allCases, ["csalad@pelda.hu", "Csalad@PELDA.hu"])
  func `of two customers who finish together with one address one is asked for another`(
    ground: Stage.Ground, spelling: String
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let tokens = [
        try await stage.contacted(.anna, email: "csalad@pelda.hu"),
        try await stage.contacted(.bela, email: spelling),
      ]
      let outcomes = try await atOnce(2) { number in
        try await stage.registrations.choosePassword(Stage.password, in: tokens[number])
      }
      #expect(Set(outcomes) == [.registered, .emailTaken])
      #expect(try await stage.count("account") == 1)

      let loser = try #require(outcomes.firstIndex(of: .emailTaken))
      guard case .email = try await stage.registrations.standing(of: tokens[loser])?.step else {
        Issue.record("the loser is not asked for another address")
        return
      }
      _ = try await stage.registrations.give(stage.contact("sajat@pelda.hu"), in: tokens[loser])
      #expect(
        try await stage.registrations.choosePassword(Stage.password, in: tokens[loser])
          == .registered)
      #expect(try await stage.count("account") == 2)
    }
  }

  @Test func `the owner of an address is told also when the two finished together`() async throws {
    let stage = try await Stage()
    let slow = try await stage.contacted(.bela, email: "csalad@pelda.hu")
    _ = try await stage.registered(.anna, email: "csalad@pelda.hu")
    let before = try await stage.post().count
    #expect(try await stage.registrations.choosePassword(Stage.password, in: slow) == .emailTaken)
    let told = try await stage.post().dropLast(before)
    #expect(told.map(\.to) == ["csalad@pelda.hu"])
    #expect(try await stage.audited("email_taken") == 1)
  }

  // MARK: A taken address (D 7)

  private func annaHasAnAccount() async throws -> (Stage, Token, sent: Int) {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "csalad@pelda.hu")
    let token = try await stage.proven(.bela)
    return (stage, token, try await stage.post().count)
  }

  @Test(arguments: ["csalad@pelda.hu", " CSALAD@pelda.HU "])
  func `a taken address is refused in any spelling, and another is taken`(
    address: String
  ) async throws {
    let (stage, token, _) = try await annaHasAnAccount()
    #expect(
      try await stage.registrations.give(stage.contact(address), in: token)
        == .of(.emailTaken(answersLeft: 4)))
    #expect(
      try await stage.registrations.give(stage.contact("bela@pelda.hu"), in: token)
        == .of(.accepted))
  }

  @Test func `the owner is told once a day, however often it is tried`() async throws {
    let (stage, token, sent) = try await annaHasAnAccount()
    for _ in 1...4 {
      _ = try await stage.registrations.give(stage.contact("csalad@pelda.hu"), in: token)
    }
    let told = try await stage.post().dropLast(sent)
    #expect(told.map(\.to) == ["csalad@pelda.hu"])
    #expect(told.first?.channel == .email)
    #expect(try await stage.audited("email_taken") == 4)
  }

  @Test func `the next day the owner is told again`() async throws {
    let (stage, token, sent) = try await annaHasAnAccount()
    _ = try await stage.registrations.give(stage.contact("csalad@pelda.hu"), in: token)
    _ = try await stage.post()
    stage.clock.advance(by: 86_400)
    let another = try await stage.proven(.peter)
    _ = try await stage.registrations.give(stage.contact("csalad@pelda.hu"), in: another)
    let told = try await stage.post().dropLast(sent).filter { $0.to == "csalad@pelda.hu" }
    #expect(told.count == 2)
  }

  @Test func `who tries is not named to the owner`() async throws {
    let (stage, token, _) = try await annaHasAnAccount()
    _ = try await stage.registrations.give(stage.contact("csalad@pelda.hu"), in: token)
    let letter = try #require(try await stage.post().first)
    #expect(!letter.text.contains("Béla"))
    #expect(!letter.text.contains(Cast.bela.number))
  }

  @Test func `the fifth taken address ends the attempt, and the books know why`() async throws {
    let (stage, token, _) = try await annaHasAnAccount()
    var outcomes: [Registrations.ContactOutcome] = []
    for _ in 1...5 {
      outcomes.append(
        try await stage.registrations.give(stage.contact("csalad@pelda.hu"), in: token))
    }
    #expect(outcomes.last == .of(.stopped))
    guard case .stopped(.takenEmails) = try await stage.registrations.standing(of: token)?.step
    else {
      Issue.record("the page does not tell why")
      return
    }
    let record = try await stage.audit().last
    #expect(record?.kind == "email_taken")
    #expect(record?.customer == Cast.bela.number)
    #expect(record?.account == 1)
  }
}
