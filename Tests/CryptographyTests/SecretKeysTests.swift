import Cryptography
import Testing

/// The operator's keys: how they are written, what they sign, and how they are replaced.
struct SecretKeysTests {
  static let old = [UInt8](repeating: 7, count: 32)
  static let new = [UInt8](0..<32 as Range<UInt8>)
  static let stranger = [UInt8](repeating: 9, count: 32)
  static let oldText = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
  static let newText = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

  let message = Array("Hi There".utf8)

  // MARK: Signing

  /// Computed by Python's `hmac`: HMAC-SHA-256 under a key that is itself HMAC-SHA-256 of the
  /// purpose under the operator's.
  @Test(arguments: [
    (
      SecretKeys.Purpose.code,
      "1698f2a3159cee2e56d5725df45be7f6c6c367810208c8c93931138e3f7b743f"
    ),
    (.formToken, "696f04ea0869b3b4b42890becefdd2c1640c22af63f82bcf9ef44d1a92f2de2c"),
    (.registrationToken, "1b866496e69feb7fe33846b663ab5877cb393b6c63624e487939d472c322aef8"),
  ])
  func `each purpose signs with a key of its own`(
    purpose: SecretKeys.Purpose, signature: String
  ) throws {
    let keys = try SecretKeys([Self.old])
    #expect(hexadecimal(keys.sign(message, for: purpose)) == signature)
  }

  @Test func `a key longer than a block is a key like any other`() throws {
    let keys = try SecretKeys([[UInt8](repeating: 0xAA, count: 131)])
    let message = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
    #expect(
      hexadecimal(keys.sign(message, for: .code))
        == "f4308abeea56cec41567c89d663d004e4ec18ff0b4b47d75f2e70270d2e72447")
  }

  @Test func `what was signed for one purpose proves nothing for another`() throws {
    let keys = try SecretKeys([Self.old])
    let signature = keys.sign(message, for: .formToken)
    #expect(keys.verify(signature, of: message, for: .formToken))
    #expect(!keys.verify(signature, of: message, for: .registrationToken))
    #expect(!keys.verify(signature, of: message, for: .code))
  }

  @Test(arguments: 0..<32)
  func `a changed signature proves nothing`(place: Int) throws {
    let keys = try SecretKeys([Self.old])
    var signature = keys.sign(message, for: .formToken)
    signature[place] ^= 0x80
    #expect(!keys.verify(signature, of: message, for: .formToken))
  }

  @Test func `a signature of another message or of nothing proves nothing`() throws {
    let keys = try SecretKeys([Self.old])
    let signature = keys.sign(message, for: .formToken)
    #expect(!keys.verify(signature, of: message + [0], for: .formToken))
    #expect(!keys.verify(Array(signature.dropLast()), of: message, for: .formToken))
    #expect(!keys.verify([], of: message, for: .formToken))
  }

  // MARK: Replacing a key

  @Test func `the first key signs`() throws {
    let rotated = try SecretKeys([Self.new, Self.old])
    let expected = try SecretKeys([Self.new]).sign(message, for: .code)
    #expect(rotated.sign(message, for: .code) == expected)
  }

  @Test func `all keys verify`() throws {
    let rotated = try SecretKeys([Self.new, Self.old])
    for key in [Self.new, Self.old] {
      let signature = try SecretKeys([key]).sign(message, for: .formToken)
      #expect(rotated.verify(signature, of: message, for: .formToken))
    }
  }

  @Test func `a key that was taken away verifies nothing`() throws {
    let signature = try SecretKeys([Self.old]).sign(message, for: .formToken)
    #expect(!(try SecretKeys([Self.new]).verify(signature, of: message, for: .formToken)))
  }

  @Test func `each key's signature is to be had, the signing one's first`() throws {
    let rotated = try SecretKeys([Self.new, Self.old, Self.stranger])
    let expected = try [Self.new, Self.old, Self.stranger].map {
      try SecretKeys([$0]).sign(message, for: .code)
    }
    #expect(rotated.signatures(of: message, for: .code) == expected)
  }

  // MARK: Writing

  @Test(arguments: [
    "\(oldText)", " \(oldText)\n", "\(oldText),", ",\(oldText)", "\r\n\(oldText)\t",
    "BwcHBwcHBwcHBwcHBwcHBwcH\nBwcHBwcHBwcHBwcHBwc=",
  ])
  func `one key is read in any layout`(list: String) throws {
    let expected = try SecretKeys([Self.old]).sign(message, for: .code)
    #expect(try SecretKeys(list: list).sign(message, for: .code) == expected)
  }

  @Test(arguments: ["\(newText),\(oldText)", " \(newText) ,\n \(oldText) \n"])
  func `a list is read in its order`(list: String) throws {
    let expected = try SecretKeys([Self.new, Self.old]).signatures(of: message, for: .code)
    #expect(try SecretKeys(list: list).signatures(of: message, for: .code) == expected)
  }

  @Test(arguments: [
    "kulcs!", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", "\(oldText)=", "\(oldText)A",
    "\(oldText),ő", "-_cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
  ])
  func `what is not base64 is refused`(list: String) {
    #expect(throws: SecretKeys.Invalid.notBase64) { try SecretKeys(list: list) }
  }

  @Test(arguments: [
    ("", 0), (",", 0), (" , ", 0), ("Bwc=", 2),
    ("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw==", 31),
    ("\(oldText),Bwc=", 2),
  ])
  func `a key of fewer than 256 bits is refused`(list: String, bytes: Int) {
    #expect(throws: SecretKeys.Invalid.tooShort(bytes: bytes)) { try SecretKeys(list: list) }
  }
}
