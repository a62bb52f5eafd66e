internal import Domain
internal import FoundationEssentials
internal import Persistence

/// Checks what was typed against the shared code of a browser's recovery or login.
struct SharedCodeCheck: Sendable {
  let world: World
  let purpose: Recovery.Purpose
  let entry: CodeEntry
  /// Names the recovery or the login.
  let token: Token
  /// Where the request comes from, as the limits count it; `nil` when unknown.
  let network: String?

  enum Outcome: Sendable {
    /// The right code, which has its try back. A click before may have used it to save a password.
    case right(Recovery, Credentials)
    /// The code is wrong, or all its tries are used up.
    case mistake(CodeMistake)
    /// Too many wrong codes from this network.
    case limited(retryAfterSeconds: Int)
    /// There is no code any more, or there never was.
    case over
  }

  /// Whoever enters the right code is checked again after the register was asked about the
  /// account's owner. Nobody asks it before: the time that it takes must not tell whose the user
  /// name is.
  func outcome(at now: Date) async throws -> Outcome {
    let first = try await tried(at: now)
    guard case .right(let recovery, let present) = first, recovery.usedAt == nil,
      try await world.follows(present.account.customer)
    else { return first }
    return try await tried(at: now)
  }

  /// Counts a try, then compares (R6).
  private func tried(at now: Date) async throws -> Outcome {
    try await world.store.write { transaction in
      let found = try transaction.recoveries.recovery(token, for: purpose, locking: true)
      guard var recovery = found, canBeEntered(recovery, at: now) else { return .over }
      let shared = SharedCodes(
        world: world, for: purpose, userName: recovery.email, network: network)
      if let seconds = try shared.secondsToWait(in: transaction, at: now) {
        return .limited(retryAfterSeconds: seconds)
      }
      let present = try transaction.accounts.credentials(of: recovery.account)
      let isForNobody = present.map { !opens(recovery, $0) } ?? true
      let mistake = EmailedCodes(world: world).try(
        entry, &recovery.challenge, isForNobody: isForNobody, at: now)
      if mistake == nil, let present { return .right(recovery, present) }
      try transaction.recoveries.save(recovery.challenge, of: recovery, account: recovery.account)
      switch mistake {
      case .expired: return .over
      case .spent: return .mistake(.spent)
      case nil, .wrong:
        try shared.countFailure(in: transaction, at: now)
        try transaction.note(
          kindOfFailure, of: present?.account, fromNetwork: network, at: now)
        return .mistake(.wrong(triesLeft: recovery.challenge.triesLeft))
      }
    }
  }

  private func canBeEntered(_ recovery: Recovery, at now: Date) -> Bool {
    guard !recovery.isExpired(at: now) else { return false }
    switch purpose {
    // The second of two clicks finds what the first one saved.
    case .password: return true
    case .login: return recovery.usedAt == nil
    }
  }

  /// Whether the account is still what the code was sent for.
  private func opens(_ recovery: Recovery, _ present: Credentials) -> Bool {
    switch purpose {
    // A change of the address takes its codes with it.
    case .password:
      recovery.usedAt != nil
        || (present.account.mayRecover && present.account.email == recovery.email)
    case .login: present.mark == recovery.passwordMark
    }
  }

  private var kindOfFailure: AuditEvent.Kind {
    switch purpose {
    case .password: .recoveryCodeWrong
    case .login: .loginCodeWrong
    }
  }
}
