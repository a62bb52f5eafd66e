internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// What comes of a confirmed address.
extension AddressChanges {
  // MARK: Correspondence

  func useForLetters(
    _ confirmed: PendingAddress, of account: Account, in transaction: any Transaction, at now: Date
  ) throws -> CodeOutcome {
    // It became the user name while its code was on the way.
    guard confirmed.email != account.email else {
      _ = try removeCorrespondence(of: account, in: transaction, at: now)
      return .changed
    }
    let old = try transaction.correspondenceAddress(of: account.id)
    try transaction.saveCorrespondenceAddress(confirmed.email, of: account.id, at: now)
    try transaction.handOver(
      .correspondenceEmail, of: account.id, from: old?.address, to: confirmed.email.address,
      at: now)
    let event = hexadecimal(confirmed.challenge.nonce.prefix(8))
    for recipient in distinct([account.email, old, confirmed.email]) {
      try transaction.enqueue(
        world.correspondence.correspondenceChanged(
          to: recipient, of: account, new: confirmed.email, event: event, at: now),
        at: now)
    }
    try tellPhone(of: account, .correspondence, event, in: transaction, at: now)
    try transaction.record(
      AuditEvent(
        kind: .correspondenceChanged, customer: account.customer, account: account.id),
      at: now)
    return .changed
  }

  func removeCorrespondence(
    of account: Account, in transaction: any Transaction, at now: Date
  ) throws -> Request {
    try transaction.removePendingAddress(of: account.id, for: .correspondence)
    guard let old = try transaction.correspondenceAddress(of: account.id) else {
      return .unchanged
    }
    try transaction.removeCorrespondenceAddress(of: account.id)
    try transaction.handOver(
      .correspondenceEmail, of: account.id, from: old.address, to: nil, at: now)
    let event = hexadecimal(world.randomBytes(8))
    for recipient in distinct([account.email, old]) {
      try transaction.enqueue(
        world.correspondence.correspondenceChanged(
          to: recipient, of: account, new: nil, event: event, at: now),
        at: now)
    }
    try tellPhone(of: account, .correspondence, event, in: transaction, at: now)
    try transaction.record(
      AuditEvent(
        kind: .correspondenceRemoved, customer: account.customer, account: account.id),
      at: now)
    return .removed
  }

  private func distinct(_ addresses: [EmailAddress?]) -> [EmailAddress] {
    addresses.compactMap(\.self).reduce(into: []) { list, address in
      if !list.contains(address) { list.append(address) }
    }
  }

  // MARK: User name

  func useAsUserName(
    _ confirmed: PendingAddress, of account: Account, session: Token?, undo: Challenge,
    in transaction: any Transaction, at now: Date
  ) throws -> CodeOutcome {
    let undos = try transaction.addressUndos(of: confirmed.email, at: now)
    let owner = try transaction.account(named: confirmed.email)
    let isReserved = undos.contains { $0.account != account.id }
    guard owner == nil || owner?.id == account.id, !isReserved,
      try transaction.changeUserName(of: account.id, to: confirmed.email)
    else {
      try transaction.removePendingAddress(of: account.id, for: .userName)
      if let owner {
        try transaction.tell(owner, triedBy: account.customer, world.correspondence, at: now)
      }
      return .taken
    }
    // A code for a new password belongs to the address that it was sent to.
    try transaction.killRecoveries(of: account.id)
    try transaction.endSessions(of: account.id, sparing: session, at: now)
    try dropCorrespondence(equalTo: confirmed.email, of: account, in: transaction, at: now)
    try transaction.handOver(
      .userName, of: account.id, from: account.email.address, to: confirmed.email.address, at: now)
    let event = hexadecimal(confirmed.challenge.nonce.prefix(8))
    if let back = undos.last(where: { $0.account == account.id }) {
      // Back to a name of before, in the same 72 hours: who had the name between must not be able
      // to take it again.
      _ = try transaction.useAddressUndo(back.id, of: account.id, at: now)
      try transaction.enqueue(
        world.correspondence.userNameChanged(
          to: account.email, of: account, new: confirmed.email, event: event, at: now),
        at: now)
    } else {
      try transaction.insertAddressUndo(of: account.id, old: account.email, undo)
      try transaction.enqueue(
        world.correspondence.userNameUndo(
          world.codes.code(of: undo, .unambiguous), of: account, new: confirmed.email,
          event: event, expiring: undo.expiresAt, at: now),
        at: now)
    }
    try tellNewUserName(confirmed.email, of: account, event, in: transaction, at: now)
    try transaction.record(
      AuditEvent(kind: .userNameChanged, customer: account.customer, account: account.id), at: now)
    return .changed
  }

  /// The new address and the phone hear of a change.
  func tellNewUserName(
    _ email: EmailAddress, of account: Account, _ event: String, in transaction: any Transaction,
    at now: Date
  ) throws {
    try transaction.enqueue(
      world.correspondence.userNameChanged(
        to: email, of: account, new: email, event: event, at: now),
      at: now)
    try tellPhone(of: account, .userName, event, in: transaction, at: now)
  }

  func tellPhone(
    of account: Account, _ purpose: Purpose, _ event: String, in transaction: any Transaction,
    at now: Date
  ) throws {
    guard let number = try transaction.customer(account.customer)?.smsNumber else { return }
    let correspondence = world.correspondence
    let message =
      switch purpose {
      case .correspondence:
        correspondence.correspondenceChanged(to: number, of: account, event: event, at: now)
      case .userName: correspondence.userNameChanged(to: number, of: account, event: event, at: now)
      }
    try transaction.enqueue(message, at: now)
  }

  /// A correspondence address that is the user name now is none of its own.
  private func dropCorrespondence(
    equalTo email: EmailAddress, of account: Account, in transaction: any Transaction, at now: Date
  ) throws {
    guard let own = try transaction.correspondenceAddress(of: account.id), own == email else {
      return
    }
    try transaction.removeCorrespondenceAddress(of: account.id)
    try transaction.handOver(
      .correspondenceEmail, of: account.id, from: own.address, to: nil, at: now)
  }
}
