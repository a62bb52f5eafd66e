internal import Accounts
internal import Domain
internal import Persistence
internal import TestSupport
internal import Testing

/// A family's one phone, or a mistake in the register: a fact of the case, and no refusal.
@Suite struct `A phone that several customers share` {
  private func findings(of person: Cast, in stage: Stage) async throws -> [CaseFinding] {
    let number = try CustomerNumber(person.number)
    return try #require(try await stage.caseFiles.file(of: number, by: Stage.clerk)).findings
  }

  @Test func `lets in each of them by the number beside it, and is told to staff`() async throws {
    let stage = try await Stage()
    for person in [Cast.anna, .bela] {
      let identified = try await stage.registrations.identify(person.claim(), on: stage.visit())
      #expect(identified.outcome == .codeSent)
      #expect(try await findings(of: person, in: stage).last == .sharedPhone(customers: 2))
    }
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let page = try await browser.openCase(of: Cast.bela.number)
      #expect(page.says("Ez az SMS-telefonszám legalább 2 ügyfélnél szerepel"))
    }
  }

  @Test func `is nothing that somebody with a phone of their own has`() async throws {
    let stage = try await Stage()
    #expect(try await findings(of: .peter, in: stage) == [.noAccount])
    #expect(try await findings(of: .noNumber, in: stage) == [.noAccount])
  }

  @Test func `is counted no further than any family goes`() async throws {
    let stage = try await Stage()
    try await stage.importing { transaction in
      for number in 5_000_101...5_000_250 {
        try transaction.perform(
          """
          INSERT INTO register_customer
            (generation, customer_number, name, sms_number, email, status)
          VALUES (0, \(String(number)), 'Próba Piroska', \(Cast.peter.sms), \(String?.none),
                  'active')
          """)
      }
    }
    #expect(try await findings(of: .peter, in: stage).last == .sharedPhone(customers: 100))
  }
}
