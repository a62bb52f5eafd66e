import Domain
import Foundation
import Testing

/// One code on its way: how long it is good and when it may be sent again.
struct ChallengeTests {
  let sent = Attempt.start

  private func challenge(tries: Int = 5, life: Double = 600) -> Challenge {
    Challenge(
      nonce: [UInt8](repeating: 1, count: 32), prefix: "4",
      expiresAt: sent.addingTimeInterval(life), sentAt: sent, triesLeft: tries)
  }

  private func resend(_ challenge: Challenge, after seconds: Double) -> Challenge.Resend {
    challenge.resend(at: sent.addingTimeInterval(seconds), limits: Limits())
  }

  @Test func `the right code is accepted and costs its try`() {
    var challenge = challenge()
    #expect(challenge.try(matches: true, at: sent) == .accepted)
    #expect(challenge.triesLeft == 4)
  }

  @Test(arguments: [(5, 4), (2, 1), (1, 0)])
  func `a wrong code costs a try`(before: Int, after: Int) {
    var challenge = challenge(tries: before)
    #expect(challenge.try(matches: false, at: sent) == .wrong(triesLeft: after))
    #expect(challenge.triesLeft == after)
  }

  @Test(arguments: [true, false])
  func `without tries even the right code is refused`(isRight: Bool) {
    var challenge = challenge(tries: 0)
    #expect(challenge.try(matches: isRight, at: sent) == .spent)
    #expect(challenge.triesLeft == 0)
  }

  @Test(arguments: [(599.999, Challenge.Outcome.accepted), (600, .expired), (86_400, .expired)])
  func `at the very end of its life a code is refused`(age: Double, outcome: Challenge.Outcome) {
    var challenge = challenge()
    #expect(challenge.try(matches: true, at: sent.addingTimeInterval(age)) == outcome)
  }

  @Test func `a code that is over keeps its tries`() {
    var challenge = challenge()
    _ = challenge.try(matches: false, at: sent.addingTimeInterval(600))
    #expect(challenge.triesLeft == 5)
  }

  @Test(arguments: [
    (0.0, Challenge.Resend.tooSoon(secondsLeft: 60)), (0.001, .tooSoon(secondsLeft: 60)),
    (30, .tooSoon(secondsLeft: 30)), (59.999, .tooSoon(secondsLeft: 1)), (60, .same),
    (300, .same), (300.001, .new), (599, .new), (600, .new), (86_400, .new),
  ])
  func `time decides what a resend does`(waited: Double, answer: Challenge.Resend) {
    #expect(resend(challenge(), after: waited) == answer)
  }

  @Test func `a code without tries is not sent again`() {
    #expect(resend(challenge(tries: 0), after: 60) == .new)
  }

  @Test(arguments: [-0.001, -3_600])
  func `a clock that was set back makes nobody wait`(waited: Double) {
    #expect(resend(challenge(), after: waited) == .same)
  }

  @Test func `the pause is counted from the last message`() {
    var challenge = challenge()
    challenge.wasSent(at: sent.addingTimeInterval(60))
    #expect(resend(challenge, after: 119) == .tooSoon(secondsLeft: 1))
    #expect(resend(challenge, after: 120) == .same)
  }

  @Test func `being sent again makes a code no younger`() {
    var challenge = challenge()
    challenge.wasSent(at: sent.addingTimeInterval(300))
    #expect(challenge.expiresAt == sent.addingTimeInterval(600))
  }
}
