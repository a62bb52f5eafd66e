import Cryptography
import Testing

/// Plain digests, and the comparison that takes its time.
struct DigestTests {
  /// NIST's examples (FIPS 180-4).
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func `SHA-256 gives the published answers`(message: String, digest: String) {
    #expect(hexadecimal(sha256(Array(message.utf8))) == digest)
  }

  @Test func `hexadecimal has two lower-case digits for each byte`() {
    #expect(hexadecimal([0, 1, 9, 10, 15, 16, 255]) == "0001090a0f10ff")
    #expect(hexadecimal([]).isEmpty)
  }

  static let secret = [UInt8](0..<32 as Range<UInt8>)

  @Test func `equal secrets are equal`() {
    #expect(equalInConstantTime(Self.secret, Array(Self.secret)))
    #expect(equalInConstantTime([], []))
  }

  @Test(arguments: secret.indices)
  func `one bit anywhere makes a difference`(place: Int) {
    var other = Self.secret
    other[place] ^= 1
    #expect(!equalInConstantTime(Self.secret, other))
  }

  @Test(arguments: [0, 1, 31, 33, 64])
  func `secrets of different lengths are never equal`(length: Int) {
    let other = [UInt8](repeating: 0, count: length)
    #expect(!equalInConstantTime([UInt8](repeating: 0, count: 32), other))
    #expect(!equalInConstantTime(other, [UInt8](repeating: 0, count: 32)))
  }
}
