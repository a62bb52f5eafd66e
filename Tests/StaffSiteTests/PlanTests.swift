internal import Accounts
internal import Domain
internal import Foundation
internal import Persistence
internal import TestSupport
internal import Testing

/// An agent has a customer on the line: no search and no case may take longer in a register of
/// millions, or after years of the audit trail.
@Suite struct `Each search and each look at a case` {
  /// One row, whatever happens, under either of its names; and the ten newest of a customer, which
  /// were found along an index; and the few customers who share something.
  private static let small: Set<String> = ["register_state", "state", "recent", "found"]

  @Test func `is answered along indexes, on whichever engine`() async throws {
    let store = ListeningStore(try await TestStore.fresh())
    let stage = try await Stage(on: store)
    try await stage.fillEveryList()
    let fields = CustomerClient.claim(of: .peter).merging(["mobileNumber": "9999999"]) { $1 }
    let caseNumber = try await stage.caseNumberOfMismatch(fields)
    let eva = try await stage.colleague(.supervisor)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      _ = store.questions()
      for term in [
        caseNumber, Cast.anna.number, Cast.old.oldNumber ?? "", Cast.anna.policy, "06301234567",
        "anna@pelda.hu", Cast.anna.emailOnFile ?? "", "kovacs an",
      ] {
        let page = try await browser.openCase(of: term)
        let number = try #require(page.number, "\(term)")
        try await browser.post("/munkatars/ugy/adat", ["szam": number, "value": "phone"])
      }
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      for act in CaseAct.allCases where !act.needsConsent && act.duty != .dataRequests {
        _ = try await browser.doAct(act.rawValue, with: "1", in: number)
      }
    }
    var seen: Set<String> = []
    let dialect = try await stage.store.read { $0.dialect }
    for question in store.questions() {
      let text = question.text(for: dialect)
      // Whether there is anybody at all: the first row answers that.
      if text.hasPrefix("SELECT 1 AS one FROM register_customer") { continue }
      guard text.hasPrefix("SELECT") || text.hasPrefix("WITH found"), seen.insert(text).inserted
      else { continue }
      let plan = try await stage.plan(of: question)
      #expect(Self.scans(in: plan).isEmpty, "\(text)\n\(plan.joined(separator: "\n"))")
    }
    #expect(seen.count > 20)
  }

  @Test func `asks no more for many who are found than for one`() async throws {
    let store = ListeningStore(try await TestStore.fresh())
    let stage = try await Stage(on: store)
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      for term in ["próba piroska", "06309998877", "iroda@pelda.hu", "R77"] {
        try await stage.engageNamesakes(1)
        // The box shows what was found last.
        try await browser.search(term)
        let one = try await Self.found(by: term, browser, store)
        #expect(one.hits == 1, "\(term)")
        try await stage.engageNamesakes(12)
        let many = try await Self.found(by: term, browser, store)
        #expect(many.hits == 12, "\(term)")
        #expect(many.questions == one.questions, "\(term)")
      }
    }
  }

  private static func found(
    by term: String, _ browser: CustomerClient, _ store: ListeningStore
  ) async throws -> (hits: Int, questions: Int) {
    _ = store.questions()
    let page = try await browser.search(term)
    return (page.main.ranges(of: "name=\"hit\"").count, store.questions().count)
  }

  @Test func `would be caught if it read a whole table`() async throws {
    let stage = try await Stage()
    let plan = try await stage.plan(of: "SELECT id FROM audit_event WHERE detail = 'x'")
    #expect(Self.scans(in: plan) == ["audit_event"])
  }

  @Test func `would be caught if it went through the register by its key`() async throws {
    let stage = try await Stage()
    let plan = try await stage.plan(
      of: "SELECT name FROM register_customer WHERE generation = 1 AND status = 'x'")
    #expect(Self.scans(in: plan) == ["the register in use"])
  }

  /// Tables that a plan reads from the beginning to the end.
  private static func scans(in plan: [String]) -> [String] {
    plan.compactMap { step in
      // An index whose first column alone is of use: all rows of the register in use have it.
      if step.contains(/\(generation=\?\)$/) || step.contains(/Index Cond: \(generation = [^ ]+\)$/)
      {
        return "the register in use"
      }
      let match =
        step.firstMatch(of: /SCAN ([a-z_]+)/) ?? step.firstMatch(of: /Seq Scan on ([a-z_]+)/)
      return match.map { String($0.1) }
    }.filter { !small.contains($0) }
  }
}

extension Stage {
  /// The register has so many who share a name, a phone, an address and an old number.
  fileprivate func engageNamesakes(_ count: Int) async throws {
    try await store.write { transaction in
      for table in ["register_customer", "register_old_number"] as [Query] {
        try transaction.perform("DELETE FROM \(table) WHERE customer_number LIKE '50001%'")
      }
      for place in 1...count {
        let number = String(5_000_100 + place)
        try transaction.perform(
          """
          INSERT INTO register_customer
            (generation, customer_number, name, sms_number, email, status)
          VALUES (0, \(number), 'Próba Piroska', '+36309998877', 'iroda@pelda.hu', 'active')
          """)
        try transaction.perform(
          """
          INSERT INTO register_old_number (generation, old_number, customer_number)
          VALUES (0, 'R77', \(number))
          """)
      }
    }
  }

  /// How the engine would answer. PostgreSQL reads small tables as a whole, unless it is told not
  /// to where it can help it.
  fileprivate func plan(of query: Query) async throws -> [String] {
    try await store.write { transaction in
      switch transaction.dialect {
      case .sqlite:
        return try transaction.rows("EXPLAIN QUERY PLAN \(query)").map { try $0.value("detail") }
      case .postgres:
        try transaction.run(script: "SET LOCAL enable_seqscan = off")
        return try transaction.rows("EXPLAIN \(query)").map { try $0.value("QUERY PLAN") }
      }
    }
  }
}
