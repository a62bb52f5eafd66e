/// The dispatcher's numbers, each with its reason.
enum DispatchLimits {
  /// Messages taken at a time: enough to fill a gateway, few enough to be lost with one process.
  static let batch = 20
  /// How long a dispatcher may keep a message before another takes it over; longer than any
  /// gateway's time-out.
  static let leaseSeconds = 60
  /// Pause when nobody rings; another process may have queued something.
  static let pollSeconds = 1
  /// Pauses after the first, second … temporary refusal; the last repeats until the message is past
  /// its use.
  static let retrySeconds = [2, 8, 20, 60, 300, 900]
  /// Longest remembered problem, in characters.
  static let problemLength = 200
}
