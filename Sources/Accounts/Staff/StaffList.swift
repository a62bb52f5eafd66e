internal import Domain
internal import FoundationEssentials
internal import Persistence

/// A list on the staff's site that tells of several customers at once.
enum StaffList: String, CaseIterable {
  case hits
  case consents
  case requests
  case messages
  case trail
}

extension Transaction {
  /// Writes who looks at a list before it is shown; an empty one tells nothing, and needs no row.
  ///
  /// - Throws: ``AuditRefused``
  func recordList(_ list: StaffList, in session: StaffSession, at now: Date) throws {
    try recordBeforeShowing(
      AuditEvent(kind: .listShown, detail: session.act.detail(list.rawValue)), at: now)
  }
}
