import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import PersistenceSQLite
import TestSupport
import Testing

/// The first page: who are you, and what is your mobile number (J2, J3)?
struct IdentificationTests {
  @Test(arguments: [true, false])
  func `policy number and customer number are equally good`(byPolicy: Bool) async throws {
    let stage = try await Stage()
    #expect(try await stage.identify(.anna, byPolicy: byPolicy) == .codeSent)
    #expect(try await stage.post().map(\.to) == ["+36301234567"])
  }

  @Test func `two people with one phone each get their own code on it`() async throws {
    let stage = try await Stage()
    _ = try await stage.identify(.anna)
    _ = try await stage.identify(.bela)
    let messages = try await stage.post()
    #expect(messages.map(\.to) == ["+36301234567", "+36301234567"])
    #expect(messages[0].text != messages[1].text)
  }

  @Test(arguments: [(Language.hungarian, "Az utolsó 5 jegyet"), (.english, "Enter its last 5")])
  func `the SMS is in the language of the page`(language: Language, words: String) async throws {
    let stage = try await Stage()
    _ = try await stage.registrations.identify(
      Cast.anna.claim(), on: stage.visit(language: language))
    #expect(try await stage.post().first?.text.contains(words.replacing("ó", with: "o")) == true)
  }

  @Test func `a code on its way is in the books`() async throws {
    let stage = try await Stage()
    _ = try await stage.identify(.anna)
    #expect(
      try await stage.audit() == [
        .init(kind: "sms_sent", customer: "1234567", registration: 1)
      ])
  }

  @Test func `another number is tried in the same attempt`() async throws {
    let stage = try await Stage()
    let wrong = try stage.claim(.policy(PolicyNumber("XX-1111-1111")), mobileOf: .anna)
    let first = try await stage.registrations.identify(wrong, on: stage.visit())
    let second = try await stage.registrations.identify(
      Cast.anna.claim(), on: stage.visit(first.token))
    #expect(second.outcome == .codeSent)
    #expect(second.caseNumber == first.caseNumber)
    #expect(second.token == first.token)
    #expect(try await stage.count("registration") == 1)
  }

  @Test func `each attempt has a case number of its own`() async throws {
    let stage = try await Stage()
    var numbers: Set<CaseNumber> = []
    for person in [Cast.anna, .peter, .blocked, .noNumber] {
      numbers.insert(
        try await stage.registrations.identify(person.claim(), on: stage.visit()).caseNumber)
    }
    #expect(numbers.count == 4)
  }

  // MARK: No match

  struct Try: Sendable, CustomTestStringConvertible {
    let reason: Mismatch
    /// Whom staff will see in the books.
    let customer: Cast?
    let claim: @Sendable () throws -> Claim

    var testDescription: String { reason.rawValue }
  }

  static let mismatches: [Try] = [
    Try(reason: .unknownNumber, customer: nil) {
      Claim(
        number: .policy(try PolicyNumber("XX-1111-1111")), mobile: try Cast.anna.claim().mobile)
    },
    Try(reason: .unknownNumber, customer: nil) {
      Claim(number: .customer(try CustomerNumber("9999999")), mobile: try Cast.anna.claim().mobile)
    },
    Try(reason: .oldCustomerNumber, customer: .old) {
      Claim(number: .customer(try CustomerNumber("0098765")), mobile: try Cast.old.claim().mobile)
    },
    Try(reason: .otherMobile, customer: .anna) {
      Claim(number: try Cast.anna.claim().number, mobile: try Cast.peter.claim().mobile)
    },
    Try(reason: .customerBlocked, customer: .blocked) { try Cast.blocked.claim() },
    Try(reason: .customerDeceased, customer: .deceased) { try Cast.deceased.claim() },
    Try(reason: .customerClosed, customer: .closed) { try Cast.closed.claim() },
    Try(reason: .noSMSNumber, customer: .noNumber) { try Cast.noNumber.claim() },
    Try(reason: .unsuitableSMSNumber, customer: .thirtyOne) { try Cast.thirtyOne.claim() },
  ]

  @Test(arguments: mismatches)
  func `no match has one answer and sends nothing`(attempt: Try) async throws {
    let stage = try await Stage()
    let identified = try await stage.registrations.identify(attempt.claim(), on: stage.visit())
    #expect(identified.outcome == .noMatch)
    #expect(try await stage.post().isEmpty)
    let standing = try #require(try await stage.registrations.standing(of: identified.token))
    guard case .identification = standing.step else {
      Issue.record("the page tells more: \(standing.step)")
      return
    }
  }

  @Test(arguments: mismatches)
  func `the reason is in the books, under the case number`(attempt: Try) async throws {
    let stage = try await Stage()
    _ = try await stage.registrations.identify(attempt.claim(), on: stage.visit())
    #expect(
      try await stage.audit() == [
        .init(
          kind: "mismatch", detail: attempt.reason.rawValue, customer: attempt.customer?.number,
          registration: 1)
      ])
  }

  @Test func `whatever does not match costs the same work`() async throws {
    let store = BreakingStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    var statements: Set<Int> = []
    for attempt in Self.mismatches {
      store.break(.atStatement(.max))
      _ = try await stage.registrations.identify(attempt.claim(), on: stage.visit())
      statements.insert(store.statements)
    }
    #expect(statements.count == 1)
  }

  @Test func `a code costs ten statements at most, all counts included`() async throws {
    let store = BreakingStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    store.break(.atStatement(.max))
    let identified = try await stage.registrations.identify(
      Cast.anna.claim(), on: stage.visit(address: "home"))
    #expect(identified.outcome == .codeSent)
    #expect(store.statements <= 10)
  }

  // MARK: Exactly one

  @Test(arguments: [true, false])
  func `a number that the files give to several opens nothing to any of them`(
    byPolicy: Bool
  ) async throws {
    let stage = try await Stage()
    let claim = try stage.claim(
      byPolicy
        ? .policy(PolicyNumber(Cast.anna.policy)) : .customer(CustomerNumber(Cast.anna.number)),
      mobileOf: .anna)
    try await stage.contest(claim.number.text, byPolicy ? "policy" : "customer")
    #expect(
      try await stage.registrations.identify(claim, on: stage.visit()).outcome == .noMatch)
    #expect(
      try await stage.audit() == [
        .init(kind: "mismatch", detail: "several_customers", customer: nil, registration: 1)
      ])
    #expect(try await stage.post().isEmpty)
    // Her other number is hers alone.
    #expect(try await stage.identify(.anna, byPolicy: !byPolicy) == .codeSent)
  }

  @Test func `an old number of two customers is told apart in the books`() async throws {
    let stage = try await Stage()
    try await stage.renumber(.anna, to: "Z9Y8X76", others: ["2345678"])
    #expect(try await stage.identify(.anna, byPolicy: false) == .noMatch)
    #expect(
      try await stage.audit().last
        == .init(kind: "mismatch", detail: "old_number_of_several", customer: nil, registration: 1))
  }

  @Test func `each of several policies finds their one owner`() async throws {
    let stage = try await Stage()
    try await stage.importing { transaction in
      try transaction.perform(
        """
        INSERT INTO register_policy
          (generation, policy_number, written_number, customer_number, product, status)
        VALUES (0, 'MASIK1', 'MASIK-1', \(Cast.anna.number), 'casco', 'active')
        """)
    }
    for number in ["MASIK-1", Cast.anna.policy] {
      let claim = try stage.claim(.policy(PolicyNumber(number)), mobileOf: .anna)
      #expect(
        try await stage.registrations.identify(claim, on: stage.visit()).outcome == .codeSent)
    }
  }

  // MARK: Limits of guessing

  @Test func `twenty mismatches an hour shut a number, also for the right pair`() async throws {
    let stage = try await Stage()
    let guess = try stage.claim(Cast.anna.claim().number, mobileOf: .peter)
    for _ in 1...20 {
      #expect(
        try await stage.registrations.identify(guess, on: stage.visit()).outcome == .noMatch)
    }
    let limited = Registrations.IdentificationOutcome.limited(retryAfterSeconds: 3_600)
    #expect(try await stage.registrations.identify(guess, on: stage.visit()).outcome == limited)
    #expect(try await stage.identify(.anna) == limited)
    #expect(try await stage.audited("mismatch") == 20)
  }

  @Test func `the other half of the guessed pair is shut as well`() async throws {
    let stage = try await Stage()
    for number in 1...20 {
      let guess = try stage.claim(.policy(PolicyNumber("XX-\(1000 + number)")), mobileOf: .peter)
      _ = try await stage.registrations.identify(guess, on: stage.visit())
    }
    #expect(try await stage.identify(.peter) == .limited(retryAfterSeconds: 3_600))
    #expect(try await stage.identify(.anna) == .codeSent)
  }

  @Test(arguments: [(3_599.0, false), (3_600, true)])
  func `the next hour begins anew`(waited: Double, isOpen: Bool) async throws {
    let stage = try await Stage()
    let guess = try stage.claim(Cast.anna.claim().number, mobileOf: .peter)
    for _ in 1...20 { _ = try await stage.registrations.identify(guess, on: stage.visit()) }
    stage.clock.advance(by: waited)
    #expect(
      try await stage.identify(.anna) == (isOpen ? .codeSent : .limited(retryAfterSeconds: 1)))
  }

  @Test func `thirty mismatches in ten minutes shut an address, whatever the numbers`() async throws
  {
    let stage = try await Stage()
    for number in 1...30 {
      let guess = Claim(
        number: .policy(try PolicyNumber("XX-\(1000 + number)")),
        mobile: try MobileNumber(
          prefix: "30", number: String(1_000_000 + number), accepting: ["30"]))
      _ = try await stage.registrations.identify(guess, on: stage.visit(address: "192.0.2.1"))
    }
    let here = try await stage.registrations.identify(
      Cast.anna.claim(), on: stage.visit(address: "192.0.2.1"))
    #expect(here.outcome == .limited(retryAfterSeconds: 600))
    let elsewhere = try await stage.registrations.identify(
      Cast.anna.claim(), on: stage.visit(address: "192.0.2.2"))
    #expect(elsewhere.outcome == .codeSent)
  }

  @Test func `where all customers share an address nothing is counted by it`() async throws {
    let stage = try await Stage()
    for number in 1...31 {
      let guess = Claim(
        number: .policy(try PolicyNumber("XX-\(1000 + number)")),
        mobile: try MobileNumber(
          prefix: "30", number: String(1_000_000 + number), accepting: ["30"]))
      _ = try await stage.registrations.identify(guess, on: stage.visit())
    }
    #expect(try await stage.identify(.anna) == .codeSent)
  }

  @Test func `who matches is not counted`() async throws {
    let stage = try await Stage()
    _ = try await stage.identify(.anna)
    #expect(
      try await stage.number(
        """
        SELECT COUNT(*) AS number FROM event_count WHERE used > 0 AND name LIKE 'mismatch%'
        """) == 0)
  }

  // MARK: Limits of messages

  @Test func `a phone gets five codes a day, whoever they are for`() async throws {
    let stage = try await Stage()
    let people: [Cast] = [.anna, .bela, .anna, .bela, .anna, .bela]
    var outcomes: [Registrations.IdentificationOutcome] = []
    for person in people { outcomes.append(try await stage.identify(person)) }
    #expect(outcomes.dropLast().allSatisfy { $0 == .codeSent })
    #expect(outcomes.last == .tooManyMessages(.day))
    #expect(try await stage.post().count == 5)
    #expect(try await stage.audited("sms_limit") == 1)
  }

  @Test(arguments: [(86_399.0, false), (86_400, true)])
  func `the day is over when a day has passed`(waited: Double, isSent: Bool) async throws {
    let stage = try await Stage()
    for _ in 1...5 { _ = try await stage.identify(.anna) }
    stage.clock.advance(by: waited)
    #expect(try await stage.identify(.anna) == (isSent ? .codeSent : .tooManyMessages(.day)))
  }

  @Test func `a limit that is reached says nothing about anybody else`() async throws {
    let stage = try await Stage()
    for _ in 1...6 { _ = try await stage.identify(.anna) }
    #expect(try await stage.identify(.peter) == .codeSent)
  }
}
