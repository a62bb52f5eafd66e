import Testing

@testable import OutgoingHTTP

/// A gateway says when to come back; it may say anything.
struct RetryAfterTests {
  @Test(
    arguments: [
      ("0", 0), ("45", 45), ("86400", 86_400), ("86401", 86_400),
      ("99999999999999999", 86_400), ("9223372036854775807", 86_400),
      ("9223372036854775808", 86_400), (String(repeating: "9", count: 8000), 86_400),
      ("", nil), ("-1", nil), ("+5", nil), (" 5", nil), ("5s", nil), ("1e9", nil), ("５", nil),
      ("Fri, 31 Dec 9999 23:59:59 GMT", nil), ("NaN", nil),
    ] as [(String, Int?)])
  func `a day is the longest that is believed`(text: String, seconds: Int?) {
    #expect(RetryAfter.seconds(in: text) == seconds)
  }
}
