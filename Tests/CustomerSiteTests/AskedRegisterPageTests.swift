internal import Accounts
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// The insurer's own service does not answer: what the customer reads.
@Suite struct `Without an answer of the register` {
  private func away() async throws -> Stage {
    let register = CustomerRegister { _ throws(RegisterUnavailable) in
      throw RegisterUnavailable(retryAfterSeconds: 90)
    }
    return try await Stage(
      registerCopy: RegisterCopy(register: register, freshSeconds: 0, trustSeconds: 0))
  }

  @Test func `the first page says when to come back, with a case number`() async throws {
    let stage = try await away()
    try await stage.play { anna in
      let answer = try await anna.identify(.anna)
      #expect(answer.status == .serviceUnavailable)
      #expect(answer.retryAfterSeconds == 90)
      #expect(answer.heading == Words.say("notice.registerUnavailable.title"))
      #expect(answer.says("2 perc múlva"))
      #expect(answer.caseNumber != nil)
      #expect(try await stage.count("event_count") == 0)
    }
  }
}
