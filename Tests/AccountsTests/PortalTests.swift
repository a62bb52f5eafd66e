import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// What a customer sees of their own, and what staff see of a customer.
struct PortalTests {
  @Test func `a customer sees their own name and policies and nobody else's`() async throws {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    let home = try await stage.portal.home(of: account)
    #expect(home.name == "Kovács Anna")
    #expect(home.policies.map(\.product) == ["lakásbiztosítás"])
  }

  @Test func `a customer who has left the register sees an empty page`() async throws {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    try await stage.store.write { transaction in
      try transaction.perform("DELETE FROM register_customer")
      _ = try transaction.execute("DELETE FROM register_policy")
    }
    let home = try await stage.portal.home(of: account)
    #expect(home.name.isEmpty)
    #expect(home.policies.isEmpty)
  }

  @Test(arguments: ["1234567", "LA-2023-004512", "la2023004512"])
  func `staff find a customer by either number, masked`(number: String) async throws {
    let stage = try await Stage()
    let text = try #require(
      try await RegisterLookup(store: stage.store).entry(for: number)?.text)
    #expect(text.contains("portal account   no"))
    for personal in ["1234567", "Kovács", "301234567", "1234 567", "kovacs.anna"] {
      #expect(!text.contains(personal))
    }
  }

  @Test func `staff see whether there is an account`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    let entry = try await RegisterLookup(store: stage.store).entry(for: Cast.anna.number)
    #expect(entry?.text.contains("portal account   yes") == true)
  }

  @Test(arguments: ["9999999", "", "???", "0098765"])
  func `nobody is found under a number that nobody has`(number: String) async throws {
    let stage = try await Stage()
    #expect(try await RegisterLookup(store: stage.store).entry(for: number) == nil)
  }
}
