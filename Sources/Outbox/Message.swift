package import Domain
package import FoundationEssentials

/// One SMS or e-mail to be sent.
package struct Message: Hashable, Sendable {
  package typealias ID = Identity<Message>

  package enum Channel: String, CaseIterable, Sendable {
    case sms
    case email
  }

  /// What a message is about; operators count and search by it.
  package enum Kind: String, CaseIterable, Sendable {
    case smsCode = "sms_code"
    case emailCode = "email_code"
    case registered
    case registeredAgain = "registered_again"
    case contract
    case contractEnded = "contract_ended"
    case emailTaken = "email_taken"
    case recoveryCode = "recovery_code"
    case passwordChanged = "password_changed"
    case loginNewDevice = "login_new_device"
    case loginAfterFailures = "login_after_failures"
    case correspondenceCode = "correspondence_code"
    case correspondenceChanged = "correspondence_changed"
    case userNameCode = "user_name_code"
    case userNameChanged = "user_name_changed"
    case userNameUndo = "user_name_undo"
    case userNameRestored = "user_name_restored"
    case accountLocked = "account_locked"
    case accountUnlocked = "account_unlocked"
    case loginCode = "login_code"
    case callerCode = "caller_code"
    case smsStepEnabled = "sms_step_enabled"
    case sessionsEnded = "sessions_ended"
    case dataRequestDeclined = "data_request_declined"
    case stepUpCode = "step_up_code"

    /// Codes go before notices: somebody is waiting for them.
    var priority: Int {
      switch self {
      case .smsCode, .callerCode, .stepUpCode: 0
      case .emailCode, .recoveryCode, .loginCode, .correspondenceCode, .userNameCode: 1
      case .registered, .registeredAgain, .contract, .contractEnded, .emailTaken,
        .passwordChanged, .loginNewDevice, .loginAfterFailures, .correspondenceChanged,
        .userNameChanged, .userNameUndo, .userNameRestored, .accountLocked, .accountUnlocked,
        .smsStepEnabled, .sessionsEnded, .dataRequestDeclined:
        Kind.priorityOfNotices
      }
    }

    static let priorityOfNotices = 2

    var isNotice: Bool { priority == Kind.priorityOfNotices }

    /// Whether the text must be deleted as soon as nobody waits for it any longer.
    package var holdsSecret: Bool {
      switch self {
      case .smsCode, .emailCode, .recoveryCode, .loginCode, .correspondenceCode, .userNameCode,
        .userNameUndo, .callerCode, .stepUpCode:
        true
      case .registered, .registeredAgain, .contract, .contractEnded, .emailTaken,
        .passwordChanged, .loginNewDevice, .loginAfterFailures, .correspondenceChanged,
        .userNameChanged, .userNameRestored, .accountLocked, .accountUnlocked, .smsStepEnabled,
        .sessionsEnded, .dataRequestDeclined:
        false
      }
    }
  }

  /// How far a message has come.
  package enum State: String, CaseIterable, Sendable {
    /// Waits for its turn, or for its next try.
    case queued
    /// In the hands of a dispatcher.
    case leased
    /// A gateway has taken it.
    case sent
    /// The gateway reported that it arrived.
    case delivered
    /// The gateway reported that it will not arrive.
    case undeliverable
    /// It was no longer useful before a gateway took it.
    case expired
    /// Given up: a gateway will never take it, or nobody can know whether one did.
    case failed
    /// A newer message took its place, or an operator stopped it.
    case cancelled

    /// Whether it may still be sent.
    package var isWaiting: Bool { self == .queued || self == .leased }
  }

  /// The business event, once for each: a second message with the same key is not queued. It is the
  /// gateway's idempotency key and the e-mail's `Message-ID`.
  package let key: String
  package let kind: Kind
  package let channel: Channel
  /// An E.164 number or an e-mail address, from the register or the account, never from a request
  /// (R7).
  package let recipient: String
  package let language: Language
  /// Empty for an SMS.
  package let subject: String
  package let text: String
  /// Whom it concerns, for the limits of a day.
  package let customer: CustomerNumber
  /// After this instant it would be useless or misleading, and is not sent.
  package let notAfter: Date
  /// Messages of which only the newest is useful, such as the codes of one registration; earlier
  /// ones that are still waiting are cancelled (P8).
  package let series: String?
  /// Whether nothing of the series can have been queued before.
  package let isFirstOfSeries: Bool
  /// The version of the contract whose file is attached, if there is one when it is sent.
  package let contractVersion: String?

  package init(
    key: String, kind: Kind, channel: Channel, recipient: String, language: Language,
    subject: String, text: String, customer: CustomerNumber, notAfter: Date, series: String? = nil,
    isFirstOfSeries: Bool = false, contractVersion: String? = nil
  ) {
    self.key = key
    self.kind = kind
    self.channel = channel
    self.recipient = recipient
    self.language = language
    self.subject = subject
    self.text = text
    self.customer = customer
    self.notAfter = notAfter
    self.series = series
    self.isFirstOfSeries = isFirstOfSeries
    self.contractVersion = contractVersion
  }

  /// One registration's codes by SMS.
  package static func smsSeries(of registration: Registration.ID) -> String {
    "sms-code/\(registration)"
  }

  /// The codes by which one session proves once more whose it is.
  ///
  /// - Parameter session: what names the session, and opens nothing
  package static func stepUpSeries(of account: Account.ID, in session: String) -> String {
    "step-up-code/\(account)/\(session)"
  }
}
