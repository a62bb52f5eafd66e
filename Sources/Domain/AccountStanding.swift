/// How an account stands: what the register says about its owner, and whether it is locked (D 12).
///
/// Everything that a status or a lock means is decided here, once, by switches without a default.
package struct AccountStanding: Hashable, Sendable {
  /// The account's owner according to the register.
  package enum Owner: String, CaseIterable, Sendable {
    case active
    case blocked
    case deceased
    /// No insurance any more.
    case closed
    /// The newest import lacks the customer. One torn file must lock nobody out.
    case missing
    /// Two imports in a row lacked the customer.
    case gone
  }

  package enum Lock: String, CaseIterable, Sendable {
    /// Until staff unlocks it.
    case staff
    /// Until the customer registers anew with the code by SMS.
    case newProof = "new_proof"
  }

  package let owner: Owner
  package let lock: Lock?

  package init(owner: Owner, lock: Lock? = nil) {
    self.owner = owner
    self.lock = lock
  }

  /// - Parameters:
  ///   - status: in the register at present; `nil` when it lacks the customer
  ///   - absentImports: how many of the newest imports in a row lacked the customer
  package init(status: CustomerStatus?, absentImports: Int, lock: Lock?) {
    let owner: Owner =
      switch status {
      case .active: .active
      case .blocked: .blocked
      case .deceased: .deceased
      case .closed: .closed
      case nil: absentImports < AccountStanding.importsUntilGone ? .missing : .gone
      }
    self.init(owner: owner, lock: lock)
  }

  /// How many imports in a row must lack a customer.
  package static let importsUntilGone = 2

  /// What somebody gets who has entered the right password.
  package enum Entry: Hashable, Sendable {
    case portal
    /// Everything but the policies, which are over.
    case portalWithoutPolicies
    /// «Az ügyfélszolgálat segít», with a case number.
    case help
    /// What a wrong password gets: nobody learns of a death from a login page.
    case neutral
  }

  package var entry: Entry {
    switch owner {
    case .deceased: .neutral
    case .blocked, .gone: .help
    case .active, .missing: lock == nil ? .portal : .help
    case .closed: lock == nil ? .portalWithoutPolicies : .help
    }
  }

  /// Whether the owner can log in, stay logged in, recover the password and take a change back.
  package var isOpen: Bool {
    switch entry {
    case .portal, .portalWithoutPolicies: true
    case .help, .neutral: false
    }
  }

  /// Whether the owner gets messages about the account.
  ///
  /// An answer to a request about data is none of them (``getsAnswers``).
  package var getsMessages: Bool { isOpen }

  /// Whether the owner gets the answer to a request about data, which no lock and no block keeps
  /// back (D 12).
  package var getsAnswers: Bool {
    switch owner {
    case .active, .blocked, .closed, .missing: true
    case .deceased, .gone: false
    }
  }

  /// The same account as if nobody had locked it: who is told of a lock.
  package var withoutLock: AccountStanding { AccountStanding(owner: owner) }

  /// Whether registering anew opens the account again.
  package var awaitsNewProof: Bool {
    switch lock {
    case .newProof: true
    case .staff, nil: false
    }
  }
}
