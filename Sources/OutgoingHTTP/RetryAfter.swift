/// What a gateway's `Retry-After` asks for.
enum RetryAfter {
  /// The longest pause that is believed: a day, after which no message of ours is still waiting.
  static let longestSeconds = 86_400

  /// The seconds in a header's value, a day at most; nothing for a date, which would depend on the
  /// other side's clock, and for what is no number.
  static func seconds(in text: String) -> Int? {
    let digits = text.utf8
    guard !digits.isEmpty,
      digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
    else { return nil }
    // A number that does not fit into an Int is only a longer one.
    return min(Int(text) ?? longestSeconds, longestSeconds)
  }
}
