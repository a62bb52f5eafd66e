internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// What follows from confirming an address.
extension AddressChanges {
  // MARK: Correspondence

  func useForLetters(
    _ confirmed: PendingAddress, of account: Account, in transaction: any Transaction, at now: Date
  ) throws -> Outcome {
    // It became the user name while its code was on its way.
    guard confirmed.email != account.email else {
      _ = try removeCorrespondence(of: account, in: transaction, at: now)
      return .changed
    }
    try countChange(of: account, in: transaction, at: now)
    let old = try transaction.addresses.correspondence(of: account.id)
    try transaction.addresses.saveCorrespondence(confirmed.email, of: account.id, at: now)
    try transaction.handOvers.add(
      .correspondenceEmail, of: account.id, from: old?.address, to: confirmed.email.address,
      at: now)
    let event = hexadecimal(confirmed.challenge.nonce.prefix(8))
    for recipient in distinct([account.email, old, confirmed.email]) {
      try transaction.enqueue(
        world.correspondence.correspondenceChanged(
          to: recipient, of: account, new: confirmed.email, event: event, at: now),
        to: account, at: now)
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
  ) throws -> RequestOutcome {
    try transaction.addresses.removePending(of: account.id, for: .correspondence)
    guard let old = try transaction.addresses.correspondence(of: account.id) else {
      return .unchanged
    }
    try countChange(of: account, in: transaction, at: now)
    try transaction.addresses.removeCorrespondence(of: account.id)
    try transaction.handOvers.add(
      .correspondenceEmail, of: account.id, from: old.address, to: nil, at: now)
    let event = hexadecimal(world.randomBytes(8))
    for recipient in distinct([account.email, old]) {
      try transaction.enqueue(
        world.correspondence.correspondenceChanged(
          to: recipient, of: account, new: nil, event: event, at: now),
        to: account, at: now)
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
  ) throws -> Outcome {
    let undos = try transaction.addresses.undos(of: confirmed.email, at: now)
    // The code has proven whose mailbox it is.
    _ = try TakenAddresses(world: world).free(
      confirmed.email, unconfirmedSince: nil, except: account.id, in: transaction, at: now)
    let owner = try transaction.accounts.account(named: confirmed.email)
    let isReserved = undos.contains { $0.account != account.id }
    guard owner == nil || owner?.id == account.id, !isReserved,
      try transaction.accounts.changeUserName(of: account.id, to: confirmed.email)
    else {
      try transaction.addresses.removePending(of: account.id, for: .userName)
      if let owner {
        try TakenAddresses(world: world).tell(
          owner, triedBy: account.customer, in: transaction, at: now)
      }
      return .taken
    }
    try countChange(of: account, in: transaction, at: now)
    // A code for a new password belongs to the address it was sent to.
    try transaction.recoveries.kill(of: account.id, at: now)
    try transaction.sessions.endAll(of: account.id, sparing: session, at: now)
    try dropCorrespondence(equalTo: confirmed.email, of: account, in: transaction, at: now)
    try transaction.handOvers.add(
      .userName, of: account.id, from: account.email.address, to: confirmed.email.address, at: now)
    let event = hexadecimal(confirmed.challenge.nonce.prefix(8))
    if let back = undos.last(where: { $0.account == account.id }) {
      // Back to an earlier name within the same 72 hours: whoever had the name in between must not
      // be able to take it again.
      _ = try transaction.addresses.useUndo(back.id, of: account.id, at: now)
      try transaction.enqueue(
        world.correspondence.userNameChanged(
          to: account.email, of: account, new: confirmed.email, event: event, at: now),
        to: account, at: now)
    } else {
      try transaction.addresses.insertUndo(of: account.id, old: account.email, undo)
      try transaction.enqueue(
        world.correspondence.userNameUndo(
          world.codes.code(of: undo, .unambiguous), of: account, new: confirmed.email,
          event: event, expiring: undo.expiresAt, at: now),
        to: account, at: now)
    }
    try tellNewUserName(confirmed.email, of: account, event, in: transaction, at: now)
    try transaction.record(
      AuditEvent(kind: .userNameChanged, customer: account.customer, account: account.id), at: now)
    return .changed
  }

  /// The new address and the phone are told of a change.
  func tellNewUserName(
    _ email: EmailAddress, of account: Account, _ event: String, in transaction: any Transaction,
    at now: Date
  ) throws {
    try transaction.enqueue(
      world.correspondence.userNameChanged(
        to: email, of: account, new: email, event: event, at: now),
      to: account, at: now)
    try tellPhone(of: account, .userName, event, in: transaction, at: now)
  }

  func tellPhone(
    of account: Account, _ purpose: Purpose, _ event: String, in transaction: any Transaction,
    at now: Date
  ) throws {
    let correspondence = world.correspondence
    try SMSNotices(world: world).send(to: account, in: transaction, at: now) { number in
      switch purpose {
      case .correspondence:
        correspondence.correspondenceChanged(to: number, of: account, event: event, at: now)
      case .userName: correspondence.userNameChanged(to: number, of: account, event: event, at: now)
      }
    }
  }

  /// A correspondence address that has become the user name is no longer kept separately.
  private func dropCorrespondence(
    equalTo email: EmailAddress, of account: Account, in transaction: any Transaction, at now: Date
  ) throws {
    guard let own = try transaction.addresses.correspondence(of: account.id), own == email else {
      return
    }
    try transaction.addresses.removeCorrespondence(of: account.id)
    try transaction.handOvers.add(
      .correspondenceEmail, of: account.id, from: own.address, to: nil, at: now)
  }
}
