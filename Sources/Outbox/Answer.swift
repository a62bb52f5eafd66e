/// What became of a message that a dispatcher had in its hands.
enum Answer: Sendable {
  case taken(by: String)
  /// Certainly not taken.
  case postponed(String, retryAfterSeconds: Int?)
  case refused(String)
  /// Perhaps taken.
  case unknown(String)
  case pastUse
  /// No gateway was asked: each one rests, or another message is trying it.
  case unasked
  /// The lease ran out before the message was handed over; it is another dispatcher's by now.
  case lost
}

/// A message with what became of it.
struct Delivered: Sendable {
  let lease: Lease
  let answer: Answer
}
