import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// Another user name, by the password and a code to the new address (J10).
struct UserNameTests {
  private static let old = "anna@pelda.hu"
  private static let new = "uj@pelda.hu"

  private func arrive(limits: Limits = Limits()) async throws -> (Stage, Token, Account) {
    let stage = try await Stage(limits: limits)
    let (token, account) = try await stage.confirmed(.anna, email: Self.old)
    return (stage, token, account)
  }

  @Test func `the new address is the user name after its code, and not before`() async throws {
    let (stage, token, anna) = try await arrive()
    #expect(try await stage.ask(Self.new, for: .userName, of: anna) == .codeSent)
    #expect(try await !stage.logIn(Self.new).isLoggedIn)
    let code = try await stage.code(sentTo: Self.new)
    #expect(
      try await stage.enter(code, for: .userName, of: anna, session: token) == .changed)
    #expect(try await stage.logIn(Self.new).isLoggedIn)
    #expect(try await !stage.logIn(Self.old).isLoggedIn)
    #expect(try await stage.audited("user_name_changed") == 1)
  }

  @Test func `the other sessions end, and this one stays`() async throws {
    let (stage, token, anna) = try await arrive()
    let other = try #require(try await stage.logIn(Self.old).token)
    _ = try await stage.change(to: Self.new, for: .userName, of: anna, session: token)
    #expect(try await stage.sessions.resume(other) == nil)
    #expect(try await stage.sessions.resume(token)?.email.address == Self.new)
  }

  @Test func `the old address, the new one and the phone hear of it`() async throws {
    let (stage, _, anna) = try await arrive()
    _ = try await stage.change(to: Self.new, for: .userName, of: anna)
    #expect(try await stage.recipients(of: .userNameUndo) == [Self.old])
    #expect(try await stage.recipients(of: .userNameChanged) == ["+36301234567", Self.new])
    // Attack 28: the link is made of the configured address, whatever a request said.
    let letter = try #require(try await stage.post().first { $0.to == Self.old })
    #expect(letter.text.contains("https://portal.pelda.example/cim-visszaallitas\n"))
    #expect(letter.text.ranges(of: "://").count == 1)
    #expect(!letter.text.contains(Self.new))
    let sms = try #require(try await stage.post().first { $0.channel == .sms })
    #expect(SMSText(sms.text).isOneSegment)
  }

  @Test func `the back office learns of it`() async throws {
    let (stage, _, anna) = try await arrive()
    _ = try await stage.change(to: Self.new, for: .userName, of: anna)
    let rows = try #require(try await stage.handOverBatches.export()).rows
    #expect(rows.map(\.kind) == ["user_name"])
    #expect(rows.map(\.old) == [Self.old])
    #expect(rows.map(\.new) == [Self.new])
  }

  @Test func `an address of letters that becomes the user name is none of its own`() async throws {
    let (stage, _, anna) = try await arrive()
    _ = try await stage.change(to: Self.new, for: .correspondence, of: anna)
    _ = try await stage.change(to: Self.new, for: .userName, of: anna)
    #expect(try await stage.correspondence(of: anna) == nil)
    let rows = try #require(try await stage.handOverBatches.export()).rows
    #expect(rows.map(\.kind) == ["correspondence_email", "correspondence_email", "user_name"])
  }

  // Attack 34: a stolen cookie alone changes nothing.
  @Test(arguments: AddressChanges.Purpose.allCases)
  func `without the password no code is sent`(purpose: AddressChanges.Purpose) async throws {
    let (stage, _, anna) = try await arrive()
    #expect(
      try await stage.ask(Self.new, for: purpose, of: anna, password: "Rossz1234")
        == .wrongPassword)
    #expect(try await stage.count("address_change") == 0)
    #expect(try await stage.recipients(of: .userNameCode).isEmpty)
    #expect(
      try await stage.number("SELECT failures_in_a_row AS number FROM login_throttle") == 1)
  }

  @Test func `a busy hashing queue changes nothing`() async throws {
    let busy = BusyHashing()
    let stage = try await Stage(queue: busy.queue)
    let (_, anna) = try await stage.confirmed(.anna, email: Self.old)
    try await busy.during {
      let asked = try await stage.ask(Self.new, for: .userName, of: anna)
      #expect(asked == .overloaded)
    }
    #expect(try await stage.count("address_change") == 0)
  }

  // MARK: Somebody else's address

  @Test func `another account's user name is told as in the registration, and its owner hears`()
    async throws
  {
    let (stage, _, anna) = try await arrive()
    _ = try await stage.confirmed(.peter, email: "peter@pelda.hu")
    for _ in 1...5 {
      #expect(try await stage.ask("Peter@pelda.hu", for: .userName, of: anna) == .taken)
    }
    #expect(try await stage.ask("peter@pelda.hu", for: .userName, of: anna) == .tooManyTaken)
    #expect(try await stage.recipients(of: .emailTaken) == ["peter@pelda.hu"])
    stage.clock.advance(by: 86_400)
    #expect(try await stage.ask("peter@pelda.hu", for: .userName, of: anna) == .taken)
  }

  @Test func `who never confirmed an address gives way to the mailbox's owner`() async throws {
    let (stage, _, anna) = try await arrive()
    _ = try await stage.registered(.peter, email: Self.new)
    #expect(try await stage.change(to: Self.new, for: .userName, of: anna) == .changed)
    #expect(try await stage.userName(of: anna) == Self.new)
    #expect(try await stage.audited("address_freed") == 1)
  }

  @Test func `one's own user name in another writing is no change`() async throws {
    let (stage, _, anna) = try await arrive()
    #expect(try await stage.ask("ANNA@PELDA.HU", for: .userName, of: anna) == .unchanged)
  }

  @Test func `who confirms the address while the code is on its way keeps it`() async throws {
    let (stage, _, anna) = try await arrive()
    _ = try await stage.ask(Self.new, for: .userName, of: anna)
    let code = try await stage.code(sentTo: Self.new)
    _ = try await stage.confirmed(.peter, email: Self.new)
    #expect(try await stage.enter(code, for: .userName, of: anna) == .taken)
    #expect(try await stage.userName(of: anna) == Self.old)
    #expect(try await stage.count("handover") == 0)
    #expect(try await stage.enter(code, for: .userName, of: anna) == .nothingPending)
  }

  @Test(arguments: Stage.Ground.allCases)
  func `two accounts that take one address at once share it never`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let (_, anna) = try await stage.confirmed(.anna, email: Self.old)
      let (_, peter) = try await stage.confirmed(.peter, email: "peter@pelda.hu")
      var codes: [String] = []
      for account in [anna, peter] {
        _ = try await stage.ask("kozos@pelda.hu", for: .userName, of: account)
        codes.append(try await stage.code(sentTo: "kozos@pelda.hu"))
      }
      let all = codes
      let outcomes = try await atOnce(2) { number in
        try await stage.enter(all[number], for: .userName, of: [anna, peter][number])
      }
      #expect(outcomes.count { $0 == .changed } == 1)
      #expect(outcomes.count { $0 == .taken } == 1)
      let names = [try await stage.userName(of: anna), try await stage.userName(of: peter)]
      #expect(names.count { $0 == "kozos@pelda.hu" } == 1)
    }
  }

  // MARK: Races

  // One's own and the victim's address at once, then the code that was received.
  @Test(arguments: Stage.Ground.allCases, AddressChanges.Purpose.allCases)
  func `whatever the order, the confirmed address is the one that the code was sent to (attack 33)`(
    ground: Stage.Ground, purpose: AddressChanges.Purpose
  ) async throws {
    try await Stage.play(on: ground, limits: Self.plenty) { stage in
      let (_, anna) = try await stage.confirmed(.anna, email: Self.old)
      for round in 1...8 {
        let own = "sajat\(round)@pelda.hu"
        let victims = "aldozat\(round)@pelda.hu"
        _ = try await atOnce(2) { number in
          try await stage.ask([own, victims][number], for: purpose, of: anna)
        }
        // Only the code to the own address can be read.
        guard let code = try? await stage.code(sentTo: own) else { continue }
        _ = try await atOnce(2) { number -> Bool in
          if number == 0 {
            _ = try await stage.ask(victims, for: purpose, of: anna)
          } else {
            _ = try await stage.enter(code, for: purpose, of: anna)
          }
          return true
        }
        let used =
          purpose == .userName
          ? try await stage.userName(of: anna) : try await stage.correspondence(of: anna)
        #expect(used?.hasPrefix("aldozat") != true)
      }
    }
  }

  private static var plenty: Limits {
    var limits = Limits()
    limits.emailsPerAccountPerDay = 50
    return limits
  }

  @Test(arguments: Stage.Ground.allCases)
  func `of two hundred wrong codes at once ten are looked at`(ground: Stage.Ground) async throws {
    try await Stage.play(on: ground) { stage in
      let (_, anna) = try await stage.confirmed(.anna, email: Self.old)
      _ = try await stage.ask(Self.new, for: .userName, of: anna)
      let code = try await stage.code(sentTo: Self.new)
      let outcomes = try await atOnce(200) { number in
        try await stage.enter(
          wrongLetters(code, by: number % 30 + 1), for: .userName, of: anna)
      }
      #expect(outcomes.count { $0 == .mistake(.spent) } == 190)
      #expect(try await stage.audited("address_code_wrong") == 10)
    }
  }
}
