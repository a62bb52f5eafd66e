package import NIOCore

/// How long a listener has patience with the other end of a connection, and how much it takes.
package struct Patience: Sendable {
  /// How long a connection may be open without a request.
  package var idle: TimeAmount
  /// How long a request may take to arrive, from its first byte to its last.
  package var request: TimeAmount
  /// How long the other end may take to read an answer.
  package var answer: TimeAmount

  package init(idle: TimeAmount, request: TimeAmount, answer: TimeAmount) {
    self.idle = idle
    self.request = request
    self.answer = answer
  }

  /// The largest head of a request, in bytes: 16 KiB of fields, and a target that is too long, so
  /// that it is refused by the page that says so.
  static let headBytes = 32 * 1024
  /// A longer target does not even reach that page.
  static let targetBytes = 8192
  /// The largest request in bytes, however its body is cut into chunks: many times a form of ours.
  static let requestBytes = 256 * 1024
  /// After an early answer the other end gets so long to notice it …
  static let farewell = TimeAmount.seconds(2)
  /// … and so many bytes are thrown away meanwhile (attack 63).
  static let discardedBytes = 64 * 1024
  /// How long a request that was told of its end may take to answer.
  static let lastWord = TimeAmount.seconds(5)
  /// How long a request may still take to arrive once the program is told to stop.
  static let stopping = TimeAmount.seconds(5)
}
