internal import Domain
package import FoundationEssentials
internal import Outbox

/// How a code sent by SMS stands, for the page where it is entered.
package struct SMSCodeStanding: Sendable {
  /// What is known about the message with the code.
  package enum Arrival: Sendable {
    /// Sent, or about to be.
    case onItsWay
    /// No gateway has taken it yet; it will be tried again.
    case delayed
    /// The network reported that the phone has it.
    case arrived
    /// The network reported that the phone will not get it.
    case undeliverable
    /// It could not be sent in time, or at all.
    case notSent
  }

  package let maskedNumber: String
  package let codePrefix: String
  package let minutesLeft: Int
  package let expiresAt: Date
  package let triesLeft: Int
  package let isCodeExpired: Bool
  /// 0 when a new message may be asked for now.
  package let resendInSeconds: Int
  package let resendAt: Date
  /// Whether what asks for the code has messages left; the day's limit is known only at sending.
  package let mayBeSentAgain: Bool
  package let mark: SendingMark
  package let arrival: Arrival

  init(
    _ challenge: Challenge, sentTo number: PhoneNumber?, _ sms: SentSMS?, at now: Date,
    limits: Limits, mayBeSentAgain: Bool = true
  ) {
    let life = challenge.expiresAt.timeIntervalSince(now)
    let wait = challenge.secondsUntilResend(at: now, limits: limits)
    maskedNumber = number?.masked ?? ""
    codePrefix = challenge.prefix
    minutesLeft = max(0, Int((life / 60).rounded(.up)))
    expiresAt = challenge.expiresAt
    triesLeft = challenge.triesLeft
    isCodeExpired = life <= 0
    resendInSeconds = wait
    resendAt = now.addingTimeInterval(Double(wait))
    self.mayBeSentAgain = mayBeSentAgain
    mark = SendingMark(challenge)
    arrival = Arrival(sms, at: now)
  }

  /// Whether the code can be entered at all, or only a new one requested.
  package var isLive: Bool { !isCodeExpired && triesLeft > 0 }
}

extension SMSCodeStanding.Arrival {
  /// A message that waits longer than this is waiting for a resting gateway.
  private static let secondsUntilDelayed = 10.0

  fileprivate init(_ sms: SentSMS?, at now: Date) {
    // Retention has deleted it, long after anybody waited for it.
    guard let sms else {
      self = .onItsWay
      return
    }
    switch sms.state {
    case .delivered: self = .arrived
    case .undeliverable: self = .undeliverable
    case .expired, .failed, .cancelled: self = .notSent
    case .queued, .leased:
      let isLate = now.timeIntervalSince(sms.queuedAt) >= Self.secondsUntilDelayed
      self = sms.hasProblem || isLate ? .delayed : .onItsWay
    case .sent: self = .onItsWay
    }
  }
}
