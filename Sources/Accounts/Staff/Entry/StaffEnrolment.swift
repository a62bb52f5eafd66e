internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import OneTimePasswords
internal import Outbox
internal import Persistence

/// What an invitation leads to: a password and a second factor of one's own, once.
package struct StaffEnrolment: Sendable {
  private let world: World
  private let passwords: Passwords

  /// - Parameter passwords: with the policy for staff
  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  /// What the page of an invitation shows.
  package struct Invitation: Sendable {
    package let name: StaffName
    package let role: StaffRole
    /// For the app, as a QR code tells it.
    package let address: String
    /// For those who type it.
    package let secret: String
    /// To be written down: it replaces a lost phone, once.
    package let recoveryCode: String
  }

  /// - Returns: `nil` when the link was used, is too old, or never was one
  package func invitation(_ link: Token) async throws -> Invitation? {
    let now = world.now()
    let found = try await world.store.read(.oneStatement) {
      try $0.staff.credentials(invitedBy: link, at: now, locking: false)
    }
    return found.map { found in
      let factor = SecondFactor(keys: world.keys, nonce: found.nonce)
      return Invitation(
        name: found.member.name, role: found.member.role,
        address: factor.password.address(
          issuer: world.correspondence.issuer, name: found.member.name.text),
        secret: factor.password.base32, recoveryCode: factor.recoveryCode)
    }
  }

  package enum Outcome: Hashable, Sendable {
    case enrolled
    case refused([PasswordPolicy.Refusal])
    /// The app shows another code: the secret was typed wrong, or the phone's clock is.
    case wrongCode
    case noInvitation
    case overloaded
  }

  /// «Beállítom».
  package func finish(
    _ link: Token, password: String, code: String
  ) async throws -> Outcome {
    let now = world.now()
    let found = try await world.store.read(.oneStatement) {
      try $0.staff.credentials(invitedBy: link, at: now, locking: false)
    }
    guard let found else { return .noInvitation }
    let refusals = passwords.refusals(ofStaff: password, named: found.member.name)
    guard refusals.isEmpty else { return .refused(refusals) }
    let factor = SecondFactor(keys: world.keys, nonce: found.nonce)
    guard let step = factor.step(of: code, at: now) else { return .wrongCode }
    let hash: String
    do { hash = try await passwords.hash(password) } catch is HashingQueue.Overloaded {
      return .overloaded
    }
    return try await world.store.write { transaction in
      // Used by somebody else, or made anew, while the hash was computed.
      guard
        let present = try transaction.staff.credentials(invitedBy: link, at: now, locking: true),
        present.nonce == found.nonce
      else { return .noInvitation }
      try transaction.staff.enrol(present.member.id, passwordHash: hash, step: step)
      try transaction.record(
        AuditEvent(kind: .staffEnrolled, detail: StaffAct.mark + present.member.name.text), at: now)
      return .enrolled
    }
  }
}

extension Passwords {
  /// - Returns: what the policy for staff says, which is the modern one (D 14)
  func refusals(ofStaff password: String, named name: StaffName) -> [PasswordPolicy.Refusal] {
    // The rule about the name before the @ is the rule about the name.
    guard let address = try? EmailAddress("\(name)@staff.invalid") else { return [.missing] }
    return refusals(of: password, email: address)
  }
}
