/// Numbers made from random bytes that the caller provides.
enum RandomNumber {
  /// Fewer bytes than this would let the bias below show.
  static let fewestBytes = 16

  /// A number from 0 to one below the limit, all equally likely.
  ///
  /// The bytes are one long number, of which this is the remainder. Remainders are not quite
  /// equally likely: one can be likelier than another by limit / 2^(8 · bytes) of itself, which is
  /// 2^-88 for the largest limit allowed and the fewest bytes. Drawing again until a number fits
  /// would be exact, but would need an endless source of bytes instead of a fixed handful.
  static func below(_ limit: UInt64, from bytes: some Collection<UInt8>) -> UInt64 {
    precondition(bytes.count >= fewestBytes, "too few random bytes for an unbiased number")
    precondition((1...(1 << 40)).contains(limit), "a limit beyond which the bias would show")
    return bytes.reduce(0) { remainder, byte in (remainder << 8 | UInt64(byte)) % limit }
  }
}
