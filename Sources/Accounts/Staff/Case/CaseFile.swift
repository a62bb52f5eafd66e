package import Domain
package import FoundationEssentials
package import Outbox
package import Wording

/// A case as staff see it: who it is, masked; what the caller met; what to say; what happened.
///
/// It holds no code, no password and no token, because nobody reads any for it.
package struct CaseFile: Sendable {
  /// Of the registration whose case number was read out, or of the newest one.
  package let caseNumber: CaseNumber?
  package let values: [Value]
  package let status: CustomerStatus?
  package let isInRegister: Bool
  package let account: AccountState
  package let policies: Int
  /// What the caller met, the most important first; never empty.
  package let findings: [CaseFinding]
  /// The newest first.
  package let timeline: [Event]
  package let messages: [SentMessage]
  /// Open requests of the customer about their data.
  package let requests: [StaffOverview.Request]
  package let isLocked: Bool
  /// When the number of customers was brought up to date.
  package let registerAsOf: Date?

  /// A value of the person.
  package struct Value: Sendable {
    package let kind: CaseValue
    package let text: String
    package let isShown: Bool
  }

  package enum AccountState: Hashable, Sendable {
    case none
    case unconfirmed(since: Date)
    case confirmed(since: Date)
  }

  /// A line of what happened.
  package struct Event: Sendable {
    package let at: Date
    package let what: TextKey
    /// What is known besides, in the words of the audit trail.
    package let detail: String
    package let isOfStaff: Bool
  }

  /// A message to the customer, without its text.
  package struct SentMessage: Sendable {
    package let id: Message.ID
    package let at: Date
    package let kind: Message.Kind
    package let channel: Message.Channel
    package let maskedRecipient: String
    package let state: Message.State
    package let hasProblem: Bool
    package let canRetry: Bool
    package let canCancel: Bool
  }
}
