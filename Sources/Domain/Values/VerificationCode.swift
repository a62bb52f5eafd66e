/// A code that is sent to a customer, who types it in.
///
/// The page shows the first character, so that the customer sees which message belongs to the page,
/// and the customer types the other five. The first is drawn separately and reveals nothing about
/// them. Codes are compared in constant time, hence no `Equatable`.
package struct VerificationCode: Sendable, Masked {
  package static let length = 6
  package static let typedLength = 5
  package static let bytesToDraw = 32

  /// All six characters, as they appear in the message.
  package let text: String

  /// Makes a code from bytes that are random and used for nothing else.
  package init(alphabet: CodeAlphabet, drawing bytes: [UInt8]) {
    precondition(bytes.count >= Self.bytesToDraw, "a code needs 32 random bytes")
    let symbols = alphabet.symbols
    let half = Self.bytesToDraw / 2
    let first = RandomNumber.below(UInt64(symbols.count), from: bytes.prefix(half))
    let rest = RandomNumber.below(
      TypedPart.count(in: alphabet), from: bytes.dropFirst(half))
    let code = [symbols[Int(first)]] + TypedPart.symbols(at: rest, in: alphabet)
    text = String(decoding: code, as: UTF8.self)
  }

  /// Restores a code that was drawn before.
  package init?(_ text: String, alphabet: CodeAlphabet) {
    let symbols = alphabet.symbols
    guard text.utf8.count == Self.length, text.utf8.allSatisfy(symbols.contains) else {
      return nil
    }
    self.text = text
  }

  /// The character that the page shows.
  package var prefix: String { String(text.prefix(Self.length - Self.typedLength)) }

  /// The five characters that the customer types.
  package var typedPart: String { String(text.suffix(Self.typedLength)) }

  package var bytes: [UInt8] { Array(text.utf8) }

  package var masked: String { "••••••" }
}
