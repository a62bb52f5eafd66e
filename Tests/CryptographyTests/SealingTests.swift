import Cryptography
import Testing

/// What a browser keeps for us and may neither read nor change.
struct SealingTests {
  private func keys(_ bytes: UInt8...) throws -> SecretKeys {
    try SecretKeys(bytes.map { [UInt8](repeating: $0, count: 32) })
  }

  private let message = Array("/fiok/adatok".utf8)

  @Test func `what was sealed can be opened, and says nothing meanwhile`() throws {
    let keys = try keys(1)
    let sealed = keys.seal(message, for: .askedPage)
    #expect(keys.open(sealed, for: .askedPage) == message)
    #expect(!sealed.contains(message))
    #expect(keys.seal(message, for: .askedPage) != sealed)
    #expect(keys.open(keys.seal([], for: .askedPage), for: .askedPage) == [])
  }

  @Test func `a changed byte is noticed, wherever it is`() throws {
    let keys = try keys(1)
    let sealed = keys.seal(message, for: .askedPage)
    for place in sealed.indices {
      var forged = sealed
      forged[place] ^= 1
      #expect(keys.open(forged, for: .askedPage) == nil)
    }
    for length in 0..<sealed.count {
      #expect(keys.open(Array(sealed.prefix(length)), for: .askedPage) == nil)
    }
  }

  @Test func `an older key still opens, a strange one and another purpose do not`() throws {
    let sealed = try keys(1).seal(message, for: .askedPage)
    #expect(try keys(2, 1).open(sealed, for: .askedPage) == message)
    #expect(try keys(2).open(sealed, for: .askedPage) == nil)
    #expect(try keys(1).open(sealed, for: .formToken) == nil)
  }

  @Test func `digits are read back as bytes, and nothing else is`() {
    #expect(bytes(hexadecimal: "00ff1A") == [0, 255, 26])
    #expect(bytes(hexadecimal: "") == [])
    for text in ["0", "0g", "+1", "é0", "0 "] {
      #expect(bytes(hexadecimal: text) == nil, "\(text)")
    }
  }
}
