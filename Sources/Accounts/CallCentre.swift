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

  /// Ends a customer's sessions (ASVS 7.4.5).
  ///
  /// - Returns: how many were open; `nil` when there is no account.
  package func endSessions(of customer: CustomerNumber) async throws -> Int? {
    let now = now()
    return try await store.write { transaction in
      guard let account = try transaction.account(of: customer), try transaction.hold(account.id)
      else { return nil }
      let ended = try transaction.endSessions(of: account.id, at: now)
      try transaction.record(
        AuditEvent(
          kind: .sessionsEndedByStaff, detail: String(ended), customer: customer,
          account: account.id),
        at: now)
      return ended
    }
  }

  /// Ends everybody's sessions, a handful at a time: a restored backup brings ended ones back
  /// (attack 44).
  ///
  /// - Returns: how many were open.
  package func endEverySession() async throws -> Int {
    let now = now()
    var count = 0
    var last: [UInt8]? = []
    while let from = last {
      let ended = try await store.write { transaction in
        try transaction.endOpenSessions(after: from, atMost: 1000, at: now)
      }
      count += ended.count
      last = ended.last
    }
    try await store.write { [count] transaction in
      try transaction.record(
        AuditEvent(kind: .sessionsEndedByStaff, detail: String(count)), at: now)
    }
    return count
  }
}
