import Accounts
import Domain
import Foundation
import Testing

@testable import RegisterService

/// What the insurer's service says, and what is no answer.
struct ServiceAnswerTests {
  private static let anna = Claim.Number.customer(.anna)

  private static func found(
    number: String = "1234567", status: String = "active", sms: String = "\"06 30 123 4567\"",
    policies: String = ""
  ) -> String {
    """
    {"customer": {"customerNumber": "\(number)", "oldCustomerNumbers": ["R-1", "R 2"],
      "name": "Kovács Anna", "smsNumber": \(sms), "email": "anna@pelda.example",
      "status": "\(status)", "more": 1}, "policies": [\(policies)]}
    """
  }

  @Test func `a customer is read by the rules of the files`() throws {
    let policy =
      #"{"policyNumber": "LA-2023/1", "product": "lakás", "status": "active", "#
      + #""validFrom": "2023-05-01", "validTo": null}"#
    let record = try ServiceAnswer.record(
      Array(Self.found(policies: policy).utf8), to: Self.anna)
    #expect(record.customer.number == .anna)
    #expect(record.customer.smsNumber?.e164 == "+36301234567")
    #expect(record.oldNumbers.map(\.text) == ["R1", "R2"])
    #expect(record.policies.map(\.number) == ["LA-2023/1"])
    #expect(record.policies.first?.validFrom == "2023-05-01")
    // Found by the policy, too.
    let byPolicy = Claim.Number.policy(try PolicyNumber("la20231"))
    #expect(
      try ServiceAnswer.record(Array(Self.found(policies: policy).utf8), to: byPolicy) == record)
  }

  @Test(arguments: ["null", "\"nincs\"", "\"\""])
  func `a number that cannot be read is none`(sms: String) throws {
    let record = try ServiceAnswer.record(Array(Self.found(sms: sms).utf8), to: Self.anna)
    #expect(record.customer.smsNumber == nil)
  }

  @Test(arguments: [
    "", "{}", "[]", "null", "{\"customer\": {}, \"policies\": []}",
    found(number: "7654321"), found(number: "12345"), found(status: "vip"), found(sms: "7"),
    found(policies: "{}"),
    found(policies: #"{"policyNumber": "X", "product": "a", "status": "b"}"#),
    found(policies: #"{"policyNumber": "LA-1", "product": "a", "status": "b", "validTo": "ma"}"#),
  ])
  func `what a file would reject is no answer`(body: String) {
    #expect(throws: ServiceAnswer.Unreadable.self) {
      try ServiceAnswer.record(Array(body.utf8), to: Self.anna)
    }
  }

  @Test func `why it is none says nothing personal`() {
    let error = #expect(throws: ServiceAnswer.Unreadable.self) {
      try ServiceAnswer.record(Array(Self.found(status: "Kovács").utf8), to: Self.anna)
    }
    #expect(
      error?.description == "status: The status is none of active, blocked, deceased, closed.")
  }

  @Test func `who is unknown may have been somebody`() throws {
    #expect(try ServiceAnswer.oldOwners([]).isEmpty)
    #expect(try ServiceAnswer.oldOwners(Array("{}".utf8)).isEmpty)
    #expect(
      try ServiceAnswer.oldOwners(Array(#"{"oldNumberOf": ["123-4567"]}"#.utf8)) == [.anna])
    for body in ["<html>", #"{"oldNumberOf": ["x"]}"#] {
      #expect(throws: ServiceAnswer.Unreadable.self) {
        try ServiceAnswer.oldOwners(Array(body.utf8))
      }
    }
  }

  @Test func `what was said is believed for a moment`() {
    let recent = RecentAnswers(freshSeconds: 60)
    let now = Date(timeIntervalSince1970: 1_000_000)
    recent.keep(.several, to: Self.anna, at: now)
    #expect(recent.answer(to: Self.anna, at: now + 59) == .several)
    #expect(recent.answer(to: Self.anna, at: now + 60) == nil)
    // A clock that was set back makes nothing fresher.
    #expect(recent.answer(to: Self.anna, at: now - 1) == nil)
    let never = RecentAnswers(freshSeconds: 0)
    never.keep(.several, to: Self.anna, at: now)
    #expect(never.answer(to: Self.anna, at: now) == nil)
  }
}

extension CustomerNumber {
  fileprivate static var anna: CustomerNumber {
    guard let number = try? CustomerNumber("1234567") else {
      preconditionFailure("seven digits")
    }
    return number
  }
}
