/// What a customer typed where a code was asked for.
///
/// The page asks for the last five characters, but pasting all six, or having them filled in, is no
/// mistake. A code is a row of characters, never a number: «+1234» is no code.
package struct CodeEntry: Sendable, Masked {
  /// Five or six bytes of the alphabet.
  package let bytes: [UInt8]

  package init(_ typed: String, alphabet: CodeAlphabet) throws(Invalid) {
    guard typed.utf8.count <= String.longestTypedNumber else {
      throw .length(typed.utf8.count)
    }
    let symbols = alphabet.symbols
    // Our own SMS ends a sentence after the code, and has # before it for browsers (I6).
    let code = String(typed.trimmed { $0.isSpacing || $0 == "." || $0 == "#" })
    guard let bytes = code.symbols(skipping: { $0.isSpacing || $0.isDash }),
      bytes.allSatisfy(symbols.contains)
    else { throw .characters }
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.count == VerificationCode.typedLength || bytes.count == VerificationCode.length
    else { throw .length(bytes.count) }
    self.bytes = bytes
  }

  /// The six bytes to compare with the code, given the character that the page showed.
  ///
  /// If six characters were typed, the first is not checked here: a wrong one makes a wrong code.
  package func candidate(prefix: String) -> [UInt8] {
    bytes.count == VerificationCode.length ? bytes : Array(prefix.utf8) + bytes
  }

  package var masked: String { "•••••" }

  package enum Invalid: Error, Equatable {
    case empty
    /// This many characters, neither five nor six.
    case length(Int)
    case characters
  }
}
