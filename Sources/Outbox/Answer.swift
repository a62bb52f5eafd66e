/// What became of a message that a dispatcher had in its hands.
enum Answer: Sendable {
  case taken(by: String)
  /// Certainly not taken.
  case postponed(String, retryAfterSeconds: Int?)
  case refused(String)
  /// Perhaps taken.
  case unknown(String)
  case pastUse
  /// Whom it concerns gets no messages any more.
  case withdrawn
  /// No gateway was asked: each is resting, or being tried with another message.
  case unasked
  /// The lease ran out before the message was handed over; another dispatcher has it now.
  case lost
}

/// A message and what became of it.
struct Delivered: Sendable {
  let lease: Lease
  let answer: Answer
}
