internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// The owner of an old user name undoes a change that somebody else made (attack 34).
extension AddressChanges {
  package enum UndoOutcome: Hashable, Sendable {
    /// The old user name is back, everybody is logged out, and a new password must be chosen.
    case restored
    /// The account is safe, but somebody else has the old user name now: its owner registers anew
    /// with the code by SMS.
    case taken
    /// One answer for an unknown address, a wrong code, a used or expired one, and an account that
    /// is not open (D 12).
    case refused
    /// Too many tries from this network.
    case limited(retryAfterSeconds: Int)
  }

  /// «Visszavonás», below the old user name and the code from the letter.
  ///
  /// All six characters are asked for, and tries are counted before they are compared, by network
  /// only: a count for the account or the address would let a thief close the undo (D 13). At
  /// twenty tries a day, one network guesses a code within its 72 hours with a chance of 1 in
  /// 15 million.
  ///
  /// - Parameter network: where the request comes from, as the limit counts it
  package func undo(
    userName: EmailAddress, _ entry: CodeEntry, from network: String?
  ) async throws -> UndoOutcome {
    let now = world.now()
    guard entry.bytes.count == VerificationCode.length else { return .refused }
    let decoy = world.codes.newChallenge(.undo(world.limits), at: now)
    let (count, limit) = tries(userName, network)
    let outcome = try await world.store.write { transaction -> UndoOutcome in
      guard try transaction.counts.usedAndHeld(count, at: now) < limit else {
        try world.limitReached(
          AuditEvent(kind: .userNameUndoLimit, detail: count.name), from: count.key,
          in: transaction, at: now)
        return .limited(retryAfterSeconds: count.secondsLeft(at: now))
      }
      _ = try transaction.counts.increase(count, at: now)
      let undos = try transaction.addresses.undos(of: userName, at: now)
      // An unknown address costs a comparison too.
      if undos.isEmpty { _ = world.codes.matches(entry, decoy, .unambiguous) }
      var found: AddressUndo?
      for undo in undos where world.codes.matches(entry, undo.challenge, .unambiguous) {
        found = undo
      }
      guard let found else {
        return try notFound(entry, of: userName, among: undos, in: transaction, at: now)
      }
      let account = try transaction.accounts.held(found.account)
      guard account.standing.isOpen,
        try transaction.addresses.useUndo(found.id, of: account.id, at: now)
      else {
        return try notFound(entry, of: userName, among: [], in: transaction, at: now)
      }
      return try restore(found, of: account, in: transaction, at: now)
    }
    if outcome == .restored || outcome == .taken { world.dispatchSignal.send() }
    return outcome
  }

  /// The second click of a double click finds what the first one did; everything else is refused.
  private func notFound(
    _ entry: CodeEntry, of userName: EmailAddress, among undos: [AddressUndo],
    in transaction: any Transaction, at now: Date
  ) throws -> UndoOutcome {
    let restored = try transaction.addresses.restoredUndos(
      of: userName, after: now.addingTimeInterval(-Self.secondClickSeconds))
    for undo in restored where world.codes.matches(entry, undo.challenge, .unambiguous) {
      return .restored
    }
    for undo in undos {
      try transaction.record(
        AuditEvent(kind: .userNameUndoWrong, account: undo.account), at: now)
    }
    return .refused
  }

  private static let secondClickSeconds = 600.0

  /// Where no network is known, all customers share what an old user name may be tried.
  private static let triesWithoutNetwork = 1000

  private func tries(_ userName: EmailAddress, _ network: String?) -> (EventCount, Int) {
    guard let network else {
      let count = EventCount(
        name: "undo_email", key: SharedCodes.key(of: userName), windowSeconds: 86_400)
      return (count, Self.triesWithoutNetwork)
    }
    let count = EventCount(
      name: "undo_network", key: sha256(Array(network.utf8)), windowSeconds: 86_400)
    return (count, world.limits.addressUndoTriesPerDay)
  }

  /// Nobody stays logged in, and nobody who knew the password can use it to log in again.
  private func restore(
    _ undo: AddressUndo, of account: Account, in transaction: any Transaction, at now: Date
  ) throws -> UndoOutcome {
    try transaction.accounts.replacePasswordHash(of: account.id, by: passwords.unmatchableHash)
    try transaction.sessions.endAll(of: account.id, at: now)
    try transaction.recoveries.kill(of: account.id, at: now)
    for purpose in Purpose.allCases {
      try transaction.addresses.removePending(of: account.id, for: purpose)
    }
    // An account that never confirmed the address has nothing to put against its owner's code.
    _ = try TakenAddresses(world: world).free(
      undo.old, unconfirmedSince: nil, except: account.id, in: transaction, at: now)
    let owner = try transaction.accounts.account(named: undo.old)
    guard owner == nil || owner?.id == account.id,
      try transaction.accounts.changeUserName(of: account.id, to: undo.old)
    else {
      try transaction.record(
        AuditEvent(
          kind: .userNameRestored, detail: "taken", customer: account.customer,
          account: account.id),
        at: now)
      // No user name of the thief's may stay: it would recover the password.
      try transaction.accounts.loseUserName(of: account.id, showing: undo.old)
      try AccountLocks(world: world).lock(
        account, .newProof, by: .program(because: "the old user name was taken"),
        tellingAddress: false, in: transaction, at: now)
      return .taken
    }
    try transaction.addresses.noteRestored(undo, at: now)
    try transaction.handOvers.add(
      .userName, of: account.id, from: account.email.address, to: undo.old.address, at: now)
    let event = hexadecimal(undo.challenge.nonce.prefix(8))
    for recipient in [undo.old, account.email] {
      try transaction.enqueue(
        world.correspondence.userNameRestored(to: recipient, of: account, event: event, at: now),
        to: account, at: now)
    }
    try tellPhone(of: account, .userName, "\(event)/restored", in: transaction, at: now)
    try transaction.record(
      AuditEvent(kind: .userNameRestored, customer: account.customer, account: account.id),
      at: now)
    return .restored
  }
}

extension Codes.Terms {
  /// The code with which the owner of an old user name undoes a change.
  static func undo(_ limits: Limits) -> Codes.Terms {
    Codes.Terms(
      alphabet: .unambiguous, lifetimeSeconds: limits.addressUndoSeconds,
      tries: limits.emailTriesPerCode)
  }
}
