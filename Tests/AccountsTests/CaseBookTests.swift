import Accounts
import Domain
import Persistence
import TestSupport
import Testing

/// What the call centre finds under a case number (D 5).
struct CaseBookTests {
  @Test func `what cannot be a claim is in the books, with nothing of what was typed`()
    async throws
  {
    let stage = try await Stage()
    guard
      case .told(let token, let caseNumber) = try await stage.registrations.refuse(
        "mobileNumber prefix(\"31\")", on: stage.visit())
    else {
      Issue.record("nobody was told")
      return
    }
    let counted = try #require(try await stage.lastCounted("claim_invalid"))
    #expect(counted.detail == "mobileNumber prefix(\"31\")")
    #expect(counted.registration != nil)
    #expect(try await stage.registrations.standing(of: token)?.caseNumber == caseNumber)
  }

  @Test func `a disabled step and a limit are in the books`() async throws {
    var limits = Limits()
    limits.mismatchesPerNumberPerHour = 1
    limits.smsFailuresPerCustomer = 1
    let stage = try await Stage(limits: limits)
    let claim = try stage.claim(.customer(CustomerNumber("7777777")), mobileOf: .peter)
    for _ in 1...2 { _ = try await stage.registrations.identify(claim, on: stage.visit()) }
    #expect(try await stage.lastCounted("mismatch_limit")?.detail == "mismatch_number")
    let token = try await stage.identified(.anna)
    _ = try await stage.enter(wrong(try await stage.smsCode()), in: token)
    #expect(try await stage.identify(.anna) == .smsStepDisabled)
    #expect(try await stage.audit().last?.description == "sms_step_refused 1234567")
  }

  @Test func `a page that is sent for ever opens one registration after the other`() async throws {
    var limits = Limits()
    limits.smsFailuresPerCustomer = 1
    let stage = try await Stage(limits: limits)
    let token = try await stage.identified(.anna)
    _ = try await stage.enter(wrong(try await stage.smsCode()), in: token)
    for _ in 1...25 {
      let outcome = try await stage.registrations.identify(
        Cast.anna.claim(), on: stage.visit(form: "the same page")
      ).outcome
      #expect(outcome == .smsStepDisabled)
    }
  }

  @Test func `guesses with the cookie of before the proof count like any other (D 1)`()
    async throws
  {
    let stage = try await Stage()
    let old = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    _ = try await stage.enter(code.suffix(5), in: old)
    #expect(try await stage.enter(wrong(code), in: old) == .unknown)
    #expect(try await stage.audited("sms_code_wrong") == 1)
    #expect(
      try await stage.number("SELECT failures_in_a_row AS number FROM sms_step") == 1)
    #expect(try await stage.number("SELECT MAX(used) AS number FROM event_count") == 1)
  }
}
