internal import Accounts
internal import Domain
internal import FoundationEssentials
internal import Synchronization

/// What the service has just said, so that a form that is sent again asks nobody.
final class RecentAnswers: Sendable {
  private let freshSeconds: Double
  private let answers = Mutex<[Claim.Number: (answer: CustomerRegister.Answer, at: Date)]>([:])

  /// More are asked for within a moment only by a robot.
  private static let most = 2_000

  init(freshSeconds: Int) {
    self.freshSeconds = Double(freshSeconds)
  }

  func answer(to number: Claim.Number, at now: Date) -> CustomerRegister.Answer? {
    answers.withLock { answers in
      guard let recent = answers[number], isFresh(recent.at, at: now) else { return nil }
      return recent.answer
    }
  }

  func keep(_ answer: CustomerRegister.Answer, to number: Claim.Number, at now: Date) {
    if freshSeconds == 0 { return }
    answers.withLock { answers in
      if answers.count >= Self.most {
        answers = answers.filter { isFresh($0.value.at, at: now) }
        if answers.count >= Self.most { answers = [:] }
      }
      answers[number] = (answer, now)
    }
  }

  private func isFresh(_ moment: Date, at now: Date) -> Bool {
    let age = now.timeIntervalSince(moment)
    return age >= 0 && age < freshSeconds
  }
}
