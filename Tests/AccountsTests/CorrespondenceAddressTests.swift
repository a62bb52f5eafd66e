import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// The address of letters: used only after its own code (J10).
struct CorrespondenceAddressTests {
  private static let anna = "anna@pelda.hu"
  private static let letters = "levelek@pelda.hu"
  private static let phone = "+36301234567"

  private func arrive(limits: Limits = Limits()) async throws -> (Stage, Account) {
    let stage = try await Stage(limits: limits)
    let (_, account) = try await stage.confirmed(.anna, email: Self.anna)
    return (stage, account)
  }

  @Test func `the old address stays until the code of the new one was typed`() async throws {
    let (stage, anna) = try await arrive()
    #expect(try await stage.ask(Self.letters, for: .correspondence, of: anna) == .codeSent)
    #expect(try await stage.correspondence(of: anna) == nil)
    let profile = try await stage.addressChanges.profile(of: anna)
    #expect(profile.pending[.correspondence]?.address == Self.letters)
    #expect(profile.name == "Kovács Anna")
    #expect(profile.mobile?.e164 == "+36301234567")

    let code = try await stage.code(sentTo: Self.letters)
    #expect(
      try await stage.enter(code.suffix(5), for: .correspondence, of: anna) == .changed)
    #expect(try await stage.correspondence(of: anna) == Self.letters)
    #expect(try await stage.addressChanges.profile(of: anna).pending.isEmpty)
    #expect(try await stage.userName(of: anna) == Self.anna)
  }

  @Test func `the user name, the old and the new address hear of it, and the phone`() async throws {
    let (stage, anna) = try await arrive()
    _ = try await stage.change(to: Self.letters, for: .correspondence, of: anna)
    #expect(
      try await stage.recipients(of: .correspondenceChanged)
        == [Self.phone, Self.anna, Self.letters])
    _ = try await stage.change(to: "masik@pelda.hu", for: .correspondence, of: anna)
    #expect(
      try await stage.recipients(of: .correspondenceChanged)
        == [
          Self.phone, Self.phone, Self.anna, Self.anna, Self.letters, Self.letters,
          "masik@pelda.hu",
        ])
    let sms = try await stage.post().filter { $0.channel == .sms }
    #expect(!sms.isEmpty && sms.allSatisfy { SMSText($0.text).isOneSegment })
    // No letter tells the whole of another address.
    for message in try await stage.post() where message.to == Self.anna {
      #expect(!message.text.contains("masik@"))
    }
  }

  @Test func `the back office learns of each change, with old and new`() async throws {
    let (stage, anna) = try await arrive()
    _ = try await stage.change(to: Self.letters, for: .correspondence, of: anna)
    _ = try await stage.change(to: "masik@pelda.hu", for: .correspondence, of: anna)
    _ = try await stage.addressChanges.removeCorrespondence(
      password: Stage.password, of: anna.id)
    let rows = try #require(try await stage.handOverBatches.export()).rows
    #expect(rows.map(\.kind) == Array(repeating: "correspondence_email", count: 3))
    #expect(rows.map(\.old) == [nil, Self.letters, "masik@pelda.hu"])
    #expect(rows.map(\.new) == [Self.letters, "masik@pelda.hu", nil])
    #expect(rows.map(\.customer) == ["1234567", "1234567", "1234567"])
  }

  @Test func `the user name itself means none of its own`() async throws {
    let (stage, anna) = try await arrive()
    #expect(try await stage.ask("ANNA@pelda.hu", for: .correspondence, of: anna) == .unchanged)
    _ = try await stage.change(to: Self.letters, for: .correspondence, of: anna)
    #expect(try await stage.ask(Self.letters, for: .correspondence, of: anna) == .unchanged)
    #expect(try await stage.ask(Self.anna, for: .correspondence, of: anna) == .removed)
    #expect(try await stage.correspondence(of: anna) == nil)
    #expect(try await stage.audited("correspondence_removed") == 1)
  }

  @Test func `to remove it needs the password, and tells both addresses`() async throws {
    let (stage, anna) = try await arrive()
    _ = try await stage.change(to: Self.letters, for: .correspondence, of: anna)
    #expect(
      try await stage.addressChanges.removeCorrespondence(password: "Rossz1234", of: anna.id)
        == .wrongPassword)
    #expect(try await stage.correspondence(of: anna) == Self.letters)
    #expect(
      try await stage.addressChanges.removeCorrespondence(password: Stage.password, of: anna.id)
        == .removed)
    #expect(
      try await stage.addressChanges.removeCorrespondence(password: Stage.password, of: anna.id)
        == .unchanged)
    #expect(
      try await stage.recipients(of: .correspondenceChanged)
        == [Self.phone, Self.phone, Self.anna, Self.anna, Self.letters, Self.letters])
  }

  @Test func `somebody else's user name may be an address of letters`() async throws {
    let (stage, anna) = try await arrive()
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    #expect(
      try await stage.change(to: "peter@pelda.hu", for: .correspondence, of: anna) == .changed)
  }

  // Attack 36: the code of one address does not confirm another.
  @Test func `a newer address kills the older one's code`() async throws {
    let (stage, anna) = try await arrive()
    _ = try await stage.ask(Self.letters, for: .correspondence, of: anna)
    let first = try await stage.code(sentTo: Self.letters)
    _ = try await stage.ask("masik@pelda.hu", for: .correspondence, of: anna)
    #expect(
      try await stage.enter(first, for: .correspondence, of: anna) == .mistake(.wrong(triesLeft: 9))
    )
    #expect(try await stage.correspondence(of: anna) == nil)
    let second = try await stage.code(sentTo: "masik@pelda.hu")
    #expect(try await stage.enter(second, for: .correspondence, of: anna) == .changed)
    #expect(try await stage.correspondence(of: anna) == "masik@pelda.hu")
  }

  // Attack 36, too: neither does it serve for the other purpose, or for another account.
  @Test func `a code is good for its own purpose and account alone`() async throws {
    let (stage, anna) = try await arrive()
    let (_, peter) = try await stage.confirmed(.peter, email: "peter@pelda.hu")
    _ = try await stage.ask(Self.letters, for: .correspondence, of: anna)
    let code = try await stage.code(sentTo: Self.letters)
    _ = try await stage.ask("uj@pelda.hu", for: .userName, of: anna)
    _ = try await stage.ask("p@pelda.hu", for: .correspondence, of: peter)
    #expect(try await stage.enter(code, for: .userName, of: anna) == .mistake(.wrong(triesLeft: 9)))
    #expect(
      try await stage.enter(code, for: .correspondence, of: peter) == .mistake(.wrong(triesLeft: 9))
    )
    #expect(try await stage.enter(code, for: .correspondence, of: anna) == .changed)
  }

  @Test(arguments: [(86_399.0, AddressChanges.Outcome.changed), (86_400, .mistake(.expired))])
  func `the code is good for a day`(
    age: Double, outcome: AddressChanges.Outcome
  ) async throws {
    let (stage, anna) = try await arrive()
    _ = try await stage.ask(Self.letters, for: .correspondence, of: anna)
    let code = try await stage.code(sentTo: Self.letters)
    stage.clock.advance(by: age)
    #expect(try await stage.enter(code, for: .correspondence, of: anna) == outcome)
  }

  @Test func `ten wrong codes are counted, and then even the right one is refused`() async throws {
    let (stage, anna) = try await arrive()
    _ = try await stage.ask(Self.letters, for: .correspondence, of: anna)
    let code = try await stage.code(sentTo: Self.letters)
    for number in 1...10 {
      let outcome = try await stage.enter(
        wrongLetters(code, by: number), for: .correspondence, of: anna)
      #expect(outcome == .mistake(.wrong(triesLeft: 10 - number)))
    }
    #expect(try await stage.enter(code, for: .correspondence, of: anna) == .mistake(.spent))
    #expect(try await stage.audited("address_code_wrong") == 10)
  }

  // MARK: Clicks

  @Test func `the same click twice sends one code and changes once`() async throws {
    let (stage, anna) = try await arrive()
    // More would be counted as guesses of the password.
    let asked = try await atOnce(3) { _ in
      try await stage.ask(Self.letters, for: .correspondence, of: anna)
    }
    #expect(Set(asked) == [.codeSent])
    #expect(try await stage.recipients(of: .correspondenceCode) == [Self.letters])
    let code = try await stage.code(sentTo: Self.letters)
    let outcomes = try await atOnce(5) { _ in
      try await stage.enter(code, for: .correspondence, of: anna)
    }
    #expect(outcomes.count { $0 == .changed } == 1)
    #expect(outcomes.count { $0 == .alreadyChanged } == 4)
    #expect(try await stage.count("handover") == 1)
  }

  @Test(arguments: [
    (59.0, CodeResendOutcome.tooSoon(secondsLeft: 1)), (60, .sent(isNewCode: false)),
    (86_100, .sent(isNewCode: false)), (86_101, .sent(isNewCode: true)),
  ])
  func `time decides what a resend sends`(
    waited: Double, outcome: CodeResendOutcome
  ) async throws {
    let (stage, anna) = try await arrive()
    _ = try await stage.ask(Self.letters, for: .correspondence, of: anna)
    stage.clock.advance(by: waited)
    let resent = try await stage.addressChanges.resendCode(for: .correspondence, of: anna.id)
    #expect(resent == outcome)
  }

  @Test func `an older page's resend is the same click twice`() async throws {
    let (stage, anna) = try await arrive()
    _ = try await stage.ask(Self.letters, for: .correspondence, of: anna)
    let standing = try #require(
      try await stage.addressChanges.standing(of: anna, for: .correspondence))
    stage.clock.advance(by: 60)
    for _ in 1...2 {
      let resent = try await stage.addressChanges.resendCode(
        for: .correspondence, of: anna.id, mark: standing.code.mark.text)
      #expect(resent == .sent(isNewCode: false))
    }
    #expect(try await stage.recipients(of: .correspondenceCode).count == 2)
  }

  @Test func `a day has five codes, whatever the addresses`() async throws {
    let (stage, anna) = try await arrive()
    for number in 1...5 {
      let outcome = try await stage.ask(
        "levelek\(number)@pelda.hu", for: .correspondence, of: anna)
      #expect(outcome == .codeSent)
    }
    #expect(try await stage.ask("levelek6@pelda.hu", for: .correspondence, of: anna) == .tooMany)
    stage.clock.advance(by: 60)
    #expect(
      try await stage.addressChanges.resendCode(for: .correspondence, of: anna.id) == .tooMany)
    stage.clock.advance(by: 86_400)
    #expect(try await stage.ask("levelek6@pelda.hu", for: .correspondence, of: anna) == .codeSent)
  }

  @Test func `nothing waits, nothing is sent or changed`() async throws {
    let (stage, anna) = try await arrive()
    #expect(
      try await stage.addressChanges.resendCode(for: .userName, of: anna.id) == .notAwaited)
    #expect(try await stage.enter("KKKKK", for: .userName, of: anna) == .nothingPending)
    #expect(try await stage.addressChanges.standing(of: anna, for: .userName) == nil)
  }

  @Test func `what waits and what can be undone is forgotten in time`() async throws {
    let (stage, anna) = try await arrive()
    _ = try await stage.change(to: "uj@pelda.hu", for: .userName, of: anna)
    _ = try await stage.ask(Self.letters, for: .correspondence, of: anna)
    let retention = Retention(world: stage.world)
    stage.clock.advance(by: 96 * 3600)
    try await retention.sweep()
    #expect(try await stage.count("address_change") == 2)
    stage.clock.advance(by: 1)
    try await retention.sweep()
    #expect(try await stage.count("address_change") == 0)
    #expect(try await stage.count("address_undo") == 1)
    stage.clock.advance(by: 48 * 3600)
    try await retention.sweep()
    #expect(try await stage.count("address_undo") == 0)
    // What the back office has not acknowledged waits for ever.
    #expect(try await stage.count("handover") == 1)
  }
}
