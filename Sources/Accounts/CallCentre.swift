package import Domain
package import FoundationEssentials
package import Persistence

/// What the call centre may do for a customer whom it has identified.
package struct CallCentre: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date

  package init(store: any Store, now: @escaping @Sendable () -> Date) {
    self.store = store
    self.now = now
  }

  /// Re-enables the SMS step after ten wrong codes (D 1).
  ///
  /// - Returns: whether it was disabled.
  package func enableSMSStep(of customer: CustomerNumber) async throws -> Bool {
    let now = now()
    return try await store.write { transaction in
      var smsStep = try transaction.smsStep(of: customer)
      let wasDisabled = smsStep.isDisabled
      smsStep.enable()
      try transaction.save(smsStep)
      try transaction.record(AuditEvent(kind: .smsStepEnabled, customer: customer), at: now)
      return wasDisabled
    }
  }
}
