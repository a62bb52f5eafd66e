internal import Domain
internal import FoundationEssentials
internal import Persistence
internal import Synchronization

/// The last known state of customers whose register is asked over a network (D 12).
///
/// It is kept where an import would put it, so that all that follows the register follows the copy.
/// Only who has proven to be a customer is copied.
package final class RegisterCopy: Sendable {
  private let register: CustomerRegister
  private let freshSeconds: Double
  private let trustSeconds: Double
  /// When each account's owner was last asked about by this instance.
  private let asked = Mutex<[CustomerNumber: Date]>([:])

  /// So many are remembered: more than are logged in to one instance at a time.
  private static let most = 50_000

  /// - Parameters:
  ///   - freshSeconds: for so long nobody asks again
  ///   - trustSeconds: for so long the last known state counts while nobody answers
  package init(register: CustomerRegister, freshSeconds: Int, trustSeconds: Int) {
    self.register = register
    self.freshSeconds = Double(freshSeconds)
    self.trustSeconds = Double(trustSeconds)
  }

  /// What the register says about a claimed number; nothing is kept of it.
  func look(
    _ number: Claim.Number
  ) async throws(RegisterUnavailable) -> CustomerRegister.Answer {
    try await register.look(number)
  }

  /// Makes the copy of an account's owner as fresh as it has to be.
  ///
  /// - Returns: whether the account may stand otherwise now.
  /// - Throws: ``RegisterUnavailable`` when nobody answers, and the last known state is too old.
  func follow(
    _ customer: CustomerNumber, in store: any Store, at now: Date
  ) async throws -> Bool {
    if let last = asked.withLock({ $0[customer] }), isFresh(last, at: now) { return false }
    let known = try await store.read(.oneStatement) { try $0.registerCopies.askedAt(customer) }
    // Another instance, or an identification, has asked a moment ago.
    if let known, isFresh(known, at: now) {
      remember(customer, askedAt: known)
      return false
    }
    do {
      let answer = try await register.look(.customer(customer))
      let owner = try await newOwner(after: answer)
      try await store.write { [freshSeconds] transaction in
        // Several may have asked at the same moment, and who is unknown is counted once for it.
        guard
          try transaction.registerCopies.claim(customer, at: now, freshSeconds: freshSeconds)
        else { return }
        if let owner { try transaction.registerCopies.keep(owner, at: now) }
        switch answer {
        case .found(let record): try transaction.registerCopies.keep(record, at: now)
        case .unknown: try transaction.registerCopies.miss(customer, at: now)
        // Nobody knows who is meant: what was known before stays.
        case .several: try transaction.registerCopies.mark(customer, at: now)
        }
        try transaction.following.followOwner(of: customer, at: now)
      }
      remember(customer, askedAt: now)
      return true
    } catch let unavailable as RegisterUnavailable {
      guard let known, now.timeIntervalSince(known) < trustSeconds else { throw unavailable }
      return false
    }
  }

  /// What is said to have been asked far in the future was asked before the clock was set back.
  private func isFresh(_ moment: Date, at now: Date) -> Bool {
    abs(now.timeIntervalSince(moment)) < freshSeconds
  }

  /// The record of a customer who has another number now.
  private func newOwner(after answer: CustomerRegister.Answer) async throws -> RegisterRecord? {
    guard case .unknown(let owners) = answer, owners.count == 1, let owner = owners.first else {
      return nil
    }
    return try await register.look(.customer(owner)).record
  }

  private func remember(_ customer: CustomerNumber, askedAt moment: Date) {
    asked.withLock { asked in
      if asked.count >= Self.most {
        asked = asked.filter { isFresh($0.value, at: moment) }
        if asked.count >= Self.most { asked = [:] }
      }
      asked[customer] = moment
    }
  }
}

extension World {
  /// Before what follows from how an account's owner stands; at once where the register is ours.
  ///
  /// - Returns: whether the account has to be read again.
  func follows(_ customer: CustomerNumber) async throws -> Bool {
    guard let registerCopy else { return false }
    return try await registerCopy.follow(customer, in: store, at: now())
  }
}
