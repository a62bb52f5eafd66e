package import Domain

/// The insurer's own register, asked over a network: who has a number at this moment?
package struct CustomerRegister: Sendable {
  package enum Answer: Hashable, Sendable {
    case found(RegisterRecord)
    /// Nobody has the number; these customers had it before.
    case unknown(oldNumberOf: [CustomerNumber])
    /// The number is several customers'.
    case several
  }

  /// Asks, or answers with what was heard a moment ago.
  package let look: @Sendable (Claim.Number) async throws(RegisterUnavailable) -> Answer

  package init(
    look: @escaping @Sendable (Claim.Number) async throws(RegisterUnavailable) -> Answer
  ) {
    self.look = look
  }
}

/// The register does not answer, or not in a way that can be understood. It is nobody's mistake:
/// nothing is counted.
package struct RegisterUnavailable: Error, Hashable, Sendable {
  /// When it is worth to come back.
  package let retryAfterSeconds: Int

  package init(retryAfterSeconds: Int) {
    self.retryAfterSeconds = retryAfterSeconds
  }
}

extension CustomerRegister.Answer {
  /// What it says about the number that was asked for.
  var claimed: RegisterAnswer {
    switch self {
    case .found(let record): RegisterAnswer(customer: record.customer)
    case .unknown(let owners):
      RegisterAnswer(
        oldOwners: owners.count, oldOwner: owners.count == 1 ? owners.first : nil)
    case .several: RegisterAnswer(isContested: true)
    }
  }

  var record: RegisterRecord? {
    if case .found(let record) = self { record } else { nil }
  }
}
