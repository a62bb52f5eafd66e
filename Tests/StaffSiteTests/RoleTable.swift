internal import Accounts
internal import Domain
internal import StaffSite

/// Who may do what on the staff's site: one line for each path, and for each act (ASVS 8.1.1).
///
/// What has no line is open to nobody: the tests fail until somebody has decided.
enum RoleTable {
  /// The roles that may ask a path; everybody may where nobody is logged in yet.
  static let paths: [StaffPath: Set<StaffRole>] = [
    .search: [.agent, .supervisor, .dataProtection, .auditor],
    .openCase: [.agent, .supervisor, .dataProtection, .auditor],
    .caseFile: [.agent, .supervisor, .dataProtection, .auditor],
    .act: [.agent, .supervisor, .dataProtection, .auditor],
    .reveal: [.agent, .supervisor, .dataProtection],
    .sendCallerCode: [.agent, .supervisor],
    .proveCaller: [.agent, .supervisor],
    .copyOfData: [.dataProtection],
    .consents: [.supervisor, .dataProtection],
    .requests: [.dataProtection],
    .overview: [.supervisor, .dataProtection, .auditor],
    .funnel: [.supervisor, .dataProtection, .auditor],
    .trail: [.dataProtection, .auditor],
  ]

  static let open: Set<StaffPath> = [.start, .logIn, .logOut, .invitation]

  /// The roles that may do something about an open case, once the caller is proven.
  static let acts: [CaseAct: Set<StaffRole>] = [
    .enableSMSStep: [.agent, .supervisor],
    .liftLoginCounts: [.agent, .supervisor],
    .liftSMSCounts: [.agent, .supervisor],
    .liftMismatchCounts: [.agent, .supervisor],
    .resendEmailCode: [.agent, .supervisor],
    .correctEmail: [.agent, .supervisor],
    .endSessions: [.agent, .supervisor],
    .lock: [.agent, .supervisor],
    .lockForNewProof: [.agent, .supervisor],
    .unlock: [.agent, .supervisor],
    .freeAddress: [.agent, .supervisor],
    .changeUserName: [.agent, .supervisor],
    .retryMessage: [.agent, .supervisor],
    .cancelMessage: [.agent, .supervisor],
    .finishRequest: [.dataProtection],
    .declineRequest: [.dataProtection],
    .erase: [.dataProtection],
  ]

  /// What nobody does alone.
  static let withConsent: Set<CaseAct> = [.unlock, .changeUserName, .erase]
  /// What an agent does only for a proven caller.
  static let withProof: Set<CaseAct> = [
    .enableSMSStep, .liftLoginCounts, .liftSMSCounts, .liftMismatchCounts, .correctEmail, .unlock,
    .freeAddress, .changeUserName,
  ]
}
