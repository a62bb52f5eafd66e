internal import Domain
internal import FoundationEssentials
internal import Outbox

/// What the books hold of a case, before anybody draws a conclusion.
struct CaseMaterial {
  var customer: RegisteredCustomer?
  /// How many customers have the customer's default SMS number, as far as they were counted.
  var customersOfPhone = 0
  var isRegisterEmpty = false
  var account: Account?
  var accountCreatedAt: Date?
  var lock: AccountLock?
  var smsStep: SMSStep?
  /// The newest first.
  var attempts: [Attempt] = []
  /// The newest first.
  var events: [Event] = []
  /// The newest first.
  var messages: [OutboxOperations.Entry] = []
  var requests: [(id: DataRights.Request.ID, kind: DataRights.Kind, askedAt: Date)] = []

  /// A registration, without its code.
  struct Attempt {
    let id: Registration.ID
    let caseNumber: CaseNumber
    let step: String
    let stop: Registration.Stop?
    /// How many addresses of other accounts were given.
    let takenEmails: Int
    let startedAt: Date
    let expiresAt: Date
  }

  /// A row of the audit trail, or of what was counted of somebody unknown.
  struct Event {
    let at: Date
    let kind: AuditEvent.Kind
    let detail: String
    let registration: Registration.ID?
  }
}
