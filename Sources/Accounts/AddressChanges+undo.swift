internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// The owner of an old user name takes a change back that somebody else made (attack 34).
extension AddressChanges {
  package enum Undo: Hashable, Sendable {
    /// The old user name is back, everybody is logged out, and the password must be chosen anew.
    case restored
    /// The account is safe, but somebody else has the old user name by now: the call centre helps.
    case taken
    /// One answer for an unknown address, a wrong code, and one that was used or is too old.
    case refused
    /// Too many tries with this address, or from this network.
    case limited(retryAfterSeconds: Int)
  }

  /// «Visszavonás», below the old user name and the code from the letter.
  ///
  /// All six characters are asked for, and tries are counted before they are compared. A code does
  /// not die of wrong tries, or a thief could make it useless: with a thousand a day, guessing one
  /// in its 72 hours is a matter of 1 in 200,000.
  ///
  /// - Parameter network: where it comes from, as the limit counts it
  package func undo(
    userName: EmailAddress, _ entry: CodeEntry, from network: String?
  ) async throws -> Undo {
    let now = world.now()
    guard entry.bytes.count == VerificationCode.length else { return .refused }
    let decoy = world.codes.newChallenge(.undo(world.limits), at: now)
    let outcome = try await world.store.write { transaction -> Undo in
      for (count, limit) in counts(userName, network) {
        guard try transaction.usedAndHeld(count, at: now) < limit else {
          return .limited(retryAfterSeconds: count.secondsLeft(at: now))
        }
        _ = try transaction.increase(count, at: now)
      }
      var found: AddressUndo?
      let undos = try transaction.addressUndos(of: userName, at: now)
      // An unknown address costs a comparison, too.
      if undos.isEmpty { _ = world.codes.matches(entry, decoy, .unambiguous) }
      for undo in undos {
        let tries = EventCount(
          name: "undo_account", key: Array("\(undo.account)".utf8), windowSeconds: 86_400)
        guard try transaction.increase(tries, at: now) <= world.limits.addressUndoTriesPerDay
        else { continue }
        if world.codes.matches(entry, undo.challenge, .unambiguous) { found = undo }
      }
      guard let found else {
        return try notFound(entry, of: userName, among: undos, in: transaction, at: now)
      }
      let account = try transaction.heldAccount(found.account)
      guard try transaction.useAddressUndo(found.id, of: account.id, at: now) else {
        return try notFound(entry, of: userName, among: [], in: transaction, at: now)
      }
      return try restore(found, of: account, in: transaction, at: now)
    }
    if outcome == .restored || outcome == .taken { world.doorbell.ring() }
    return outcome
  }

  /// The second click of a double click reads what the first one did; all else is refused.
  private func notFound(
    _ entry: CodeEntry, of userName: EmailAddress, among undos: [AddressUndo],
    in transaction: any Transaction, at now: Date
  ) throws -> Undo {
    let restored = try transaction.restoredUndos(
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

  private func counts(
    _ userName: EmailAddress, _ network: String?
  ) -> [(EventCount, Int)] {
    var counts: [(EventCount, Int)] = []
    if let network {
      counts.append(
        (
          EventCount(name: "undo_network", key: sha256(Array(network.utf8)), windowSeconds: 600),
          world.limits.mismatchesPerAddressPerTenMinutes
        ))
    }
    counts.append(
      (
        EventCount(
          name: "undo_email", key: sha256(Array(userName.canonical.utf8)), windowSeconds: 86_400),
        world.limits.addressUndoTriesPerDay
      ))
    return counts
  }

  /// Nobody stays logged in, and nobody who knew the password can log in with it again.
  private func restore(
    _ undo: AddressUndo, of account: Account, in transaction: any Transaction, at now: Date
  ) throws -> Undo {
    try transaction.replacePasswordHash(of: account.id, by: passwords.hashOfNobody)
    try transaction.endSessions(of: account.id, at: now)
    try transaction.killRecoveries(of: account.id)
    for purpose in Purpose.allCases {
      try transaction.removePendingAddress(of: account.id, for: purpose)
    }
    let owner = try transaction.account(named: undo.old)
    guard owner == nil || owner?.id == account.id,
      try transaction.changeUserName(of: account.id, to: undo.old)
    else {
      try transaction.record(
        AuditEvent(
          kind: .userNameRestored, detail: "taken", customer: account.customer,
          account: account.id),
        at: now)
      return .taken
    }
    try transaction.noteRestored(undo, at: now)
    try transaction.handOver(
      .userName, of: account.id, from: account.email.address, to: undo.old.address, at: now)
    let event = hexadecimal(undo.challenge.nonce.prefix(8))
    for recipient in [undo.old, account.email] {
      try transaction.enqueue(
        world.correspondence.userNameRestored(to: recipient, of: account, event: event, at: now),
        at: now)
    }
    try tellPhone(of: account, .userName, "\(event)/restored", in: transaction, at: now)
    try transaction.record(
      AuditEvent(kind: .userNameRestored, customer: account.customer, account: account.id),
      at: now)
    return .restored
  }
}

extension Codes.Terms {
  /// The code by which the owner of an old user name takes a change back.
  static func undo(_ limits: Limits) -> Codes.Terms {
    Codes.Terms(
      alphabet: .unambiguous, lifetimeSeconds: limits.addressUndoSeconds,
      tries: limits.emailTriesPerCode)
  }
}
