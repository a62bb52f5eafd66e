/// What somebody of the insurer's staff is there for (D 14).
package enum StaffRole: String, CaseIterable, Sendable {
  /// Has a customer on the line.
  case agent
  /// Decides what an agent may not decide alone.
  case supervisor
  /// Answers customers' requests about their data.
  case dataProtection = "data_protection"
  /// Reads what the others did, and does nothing.
  case auditor
}

/// Something that staff may do on their site: what a role may do is the table ``StaffDuty/roles``
/// and nothing else (ASVS 8.1.1).
package enum StaffDuty: String, CaseIterable, Sendable {
  /// Look for a customer, and open the case with a reason.
  case openCases
  /// See one masked value in full.
  case revealValues
  /// Send a caller a code, and type what the caller says.
  case proveCallers
  /// Whatever helps a customer who got stuck and moves no trust.
  case help
  /// Whatever moves trust: to re-enable the SMS step, to correct an address, to open a lock.
  case moveTrust
  /// Stop a caller's account: it is undone easily, and waiting is dangerous.
  case lock
  /// Give the second consent to what nobody may do alone.
  case consent
  /// Carry out or refuse customers' requests about their data.
  case dataRequests
  /// Messages in trouble, hand-over, register, limits, the funnel.
  case overviews
  /// Read what staff looked at and did.
  case staffTrail

  package var roles: Set<StaffRole> {
    switch self {
    case .openCases: [.agent, .supervisor, .dataProtection, .auditor]
    case .revealValues: [.agent, .supervisor, .dataProtection]
    case .proveCallers, .help, .moveTrust, .lock: [.agent, .supervisor]
    case .consent: [.supervisor, .dataProtection]
    case .dataRequests: [.dataProtection]
    case .overviews: [.supervisor, .dataProtection, .auditor]
    case .staffTrail: [.dataProtection, .auditor]
    }
  }
}

extension StaffRole {
  package func may(_ duty: StaffDuty) -> Bool { duty.roles.contains(self) }
}
