/// The dispatcher's numbers, each with its reason.
enum DispatchLimits {
  /// How long a dispatcher may keep a message before another takes it over; longer than any
  /// gateway's time-out.
  static let leaseSeconds = 60
  /// Pause when nobody rings; another process may have queued something.
  static let pollSeconds = 1
  /// How often a lane with a limit on its rate looks again while the limit holds it back.
  static let paceMilliseconds = 100
  /// How often it may be unknown whether a message was taken: one more try is worth the duplicate
  /// that it may make, two are not (P7).
  static let unknowns = 1
  /// Failures in a row after which a gateway rests.
  static let failuresUntilRest = 5
  /// The first rest of a gateway, and the longest.
  static let restSeconds = 2...60
  /// The longest rest that a gateway may ask for.
  static let longestRetryAfter = 300
  /// How much a pause is shortened or lengthened by chance, so that many do not come back at once.
  static let jitter = 0.25
  /// Messages past their use that are marked at a time.
  static let expiring = 500
  /// Longest remembered problem, in characters.
  static let problemLength = 200

  /// Pauses after the first, second … temporary refusal; the last repeats until the message is past
  /// its use. Somebody waits for an SMS, so that its pauses stay short.
  static func retrySeconds(_ channel: Message.Channel) -> [Int] {
    switch channel {
    case .sms: [2, 8, 20, 60]
    case .email: [2, 8, 20, 60, 300, 900]
    }
  }
}
