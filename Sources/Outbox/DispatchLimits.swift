/// The dispatcher's numbers, each with its reason.
enum DispatchLimits {
  /// How long a dispatcher may keep a message before another takes it over; longer than any
  /// gateway's time-out.
  static let leaseSeconds = 60
  /// Pause when nothing signals; another process may have queued something.
  static let pollSeconds = 1
  /// How often a lane with a rate limit looks again while the limit holds it back.
  static let paceMilliseconds = 100
  /// How often it may be unknown whether a message was taken: one more try is worth a possible
  /// duplicate, two are not (P7).
  static let unknowns = 1
  /// Failures in a row after which a gateway rests.
  static let failuresUntilRest = 5
  /// The first rest of a gateway, and the longest.
  static let restSeconds = 2...60
  /// The longest rest that a gateway may ask for.
  static let longestRetryAfter = 300
  /// The longest pause of a message that a gateway may ask for: no message lives longer than a few
  /// days, and a larger number is a fault of the gateway.
  static let longestPostponement = 86_400
  /// The random part of a pause, so that many do not come back at once.
  static let jitter = 0.25
  /// How many expired messages are marked at a time.
  static let expiring = 500
  /// Length of the longest problem that is stored, in characters.
  static let problemLength = 200

  /// Pauses after the first, second … temporary refusal; the last repeats until the message
  /// expires. Somebody is waiting for an SMS, so its pauses stay short.
  static func retrySeconds(_ channel: Message.Channel) -> [Int] {
    switch channel {
    case .sms: [2, 8, 20, 60]
    case .email: [2, 8, 20, 60, 300, 900]
    }
  }
}
