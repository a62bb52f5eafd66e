internal import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// What is wrong with a code that was entered.
package enum CodeMistake: Hashable, Sendable {
  case wrong(triesLeft: Int)
  case expired
  /// All tries of this code are used up.
  case spent
}

/// A code that goes to an e-mail address: how it is sent, sent again, limited and tried (D 1, D 2).
///
/// It is the same for each of them. Its owner decides where a code is kept and which letter carries
/// it.
struct EmailedCodes: Sendable {
  private let world: World

  init(world: World) {
    self.world = world
  }

  func newChallenge(at now: Date) -> Challenge {
    world.codes.newChallenge(.email(world.limits), at: now)
  }

  func code(of challenge: Challenge) -> VerificationCode {
    world.codes.code(of: challenge, .unambiguous)
  }

  /// Whether one more letter of a kind may go out today; that it may not leaves a trace.
  ///
  /// Counted by recipient and by customer, so that nobody can turn the portal into a mailer with a
  /// series of addresses.
  func maySend(
    _ kind: Message.Kind, to email: EmailAddress, for customer: CustomerNumber,
    in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    let recent = try transaction.messages.recent(
      kind: kind, to: email.address, for: customer, since: now.addingTimeInterval(-86_400))
    guard max(recent.toRecipient, recent.forCustomer) < world.limits.emailsPerAccountPerDay else {
      try world.limitReached(
        AuditEvent(kind: .emailLimit, detail: kind.rawValue, customer: customer),
        of: customer.text, in: transaction, at: now)
      return false
    }
    return true
  }

  /// Decides what a click on «Új kódot kérek» does, and does it.
  ///
  /// - Parameters:
  ///   - maySend: whether a limit allows it; called only when a letter would go out
  ///   - send: keeps the challenge and queues its letter
  func resend(
    _ challenge: Challenge, mark: String, drawing new: @autoclosure () -> Challenge,
    at now: Date, maySend: () throws -> Bool = { true },
    send: (_ challenge: Challenge, _ isNewCode: Bool) throws -> Void
  ) rethrows -> CodeResendOutcome {
    try challenge.resend(
      mark: mark, drawing: new(), at: now, limits: world.limits, maySend: maySend, send: send)
  }

  /// Counts a try, then compares (R6). The caller saves the challenge, whatever the result.
  ///
  /// - Parameter isForNobody: no code is right then, at the same cost
  /// - Returns: `nil` when the code is right
  func `try`(
    _ entry: CodeEntry, _ challenge: inout Challenge, isForNobody: Bool = false, at now: Date
  ) -> CodeMistake? {
    let isRight = world.codes.matches(entry, challenge, .unambiguous)
    switch challenge.try(matches: isRight && !isForNobody, at: now) {
    case .accepted: return nil
    case .wrong(let triesLeft): return .wrong(triesLeft: triesLeft)
    case .expired: return .expired
    case .spent: return .spent
    }
  }
}
