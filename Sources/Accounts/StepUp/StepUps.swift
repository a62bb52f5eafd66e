internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// Asks a logged-in customer to prove once more to be the account's owner, before what somebody
/// with a stolen cookie or at a browser left open would do first (ASVS 7.5.3, attack 34).
///
/// A login that has just happened in a known browser is proof enough, ``SessionProof``.
package struct StepUps: Sendable {
  let world: World

  package init(world: World) {
    self.world = world
  }

  // MARK: The page

  /// What the page shows.
  package struct Standing: Sendable {
    package enum State: Sendable {
      case proven
      /// A code can be sent to this number.
      case sms(maskedNumber: String)
      case smsAsked(SMSCodeStanding)
      case impossible(StepUpObstacle)
    }

    package let state: State
    /// By which staff find the customer (D 5).
    package let caseNumber: CaseNumber?
  }

  /// How a session stands; only reads.
  ///
  /// - Returns: `nil` when the session is over
  package func standing(of token: Token) async throws -> Standing? {
    let now = world.now()
    return try await world.store.read { transaction in
      let view = try transaction.stepUps.view(token) { series(of: $0, in: token) }
      return view.map { Standing(state: state(of: $0, at: now), caseNumber: $0.caseNumber) }
    }
  }

  private func state(of view: StepUpView, at now: Date) -> Standing.State {
    if view.row.proof.isEnough(at: now, limits: world.limits) { return .proven }
    let way = StepUpWay(
      number: view.smsNumber, isDisabled: view.isSMSStepDisabled, limits: world.limits)
    switch way {
    case .none(let obstacle): return .impossible(obstacle)
    case .sms(let number):
      guard let challenge = view.row.challenge else { return .sms(maskedNumber: number.masked) }
      return .smsAsked(
        SMSCodeStanding(challenge, sentTo: number, view.sms, at: now, limits: world.limits))
    }
  }

  /// Names the messages of one session without naming the session.
  func series(of account: Account.ID, in token: Token) -> String {
    let session = hexadecimal(sha256(Array("step-up".utf8) + token.hash).prefix(8))
    return Message.stepUpSeries(of: account, in: session)
  }

  // MARK: Proving

  /// The token under which a session continues: the same for the same click, and unknown to whoever
  /// has a copy of the old one.
  ///
  /// It is not the one of a changed password: there the password is enough to get it.
  func successor(of session: Token) -> Token {
    Token(bytes: world.keys.sign(session.bytes + Array("step-up".utf8), for: .sessionToken))
  }

  /// Every proof ends here.
  ///
  /// - Returns: the session's new token; `nil` when it has ended
  func prove(
    _ row: StepUpRow, by proof: StepUpProof, after token: Token, in transaction: any Transaction,
    at now: Date
  ) throws -> Token? {
    let successor = successor(of: token)
    guard try transaction.stepUps.prove(token, continuingAs: successor, at: now) else { return nil }
    try transaction.record(
      event(.stepUpProven, detail: proof.rawValue, of: row.account), at: now)
    return successor
  }

  func event(
    _ kind: AuditEvent.Kind, detail: String? = nil, of account: Account
  ) -> AuditEvent {
    AuditEvent(kind: kind, detail: detail, customer: account.customer, account: account.id)
  }
}
