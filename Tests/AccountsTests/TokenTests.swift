import Accounts
import Cryptography
import TestSupport
import Testing

/// What a browser holds to be known again.
struct TokenTests {
  let token = Token(drawing: SeededBytes(seed: 1).source)

  @Test func `a token is 256 bits, written as 64 hexadecimal digits`() {
    let cookie = token.reveal()
    #expect(cookie.utf8.count == 64)
    #expect(Token(cookie) == token)
  }

  @Test(arguments: [
    "", "ab", String(repeating: "a", count: 63), String(repeating: "a", count: 65),
    String(repeating: "A", count: 64), String(repeating: "g", count: 64),
    String(repeating: "a", count: 63) + " ", String(repeating: "á", count: 32),
    "0x" + String(repeating: "a", count: 62),
  ])
  func `anything else is no token`(cookie: String) {
    #expect(Token(cookie) == nil)
  }

  @Test func `the database knows a token by its digest alone`() {
    #expect(token.hash.count == 32)
    #expect(hexadecimal(token.hash) != token.reveal())
  }

  @Test func `a token shows itself to nobody who does not ask`() {
    #expect("\(token)" == "Token(••••)")
    #expect("\(Optional(token) as Any)" == "Optional(Token(••••))")
  }

  @Test func `no two tokens are alike`() {
    let tokens = (1...1000).map { _ in Token(drawing: .system) }
    #expect(Set(tokens).count == 1000)
  }
}
