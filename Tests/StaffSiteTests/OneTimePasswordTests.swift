internal import OneTimePasswords
internal import Testing

@Suite struct `What an authenticator app reads` {
  /// RFC 6238, appendix B: the SHA-1 rows.
  @Test(
    arguments: [
      (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"),
      (1_234_567_890, "89005924"), (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ] as [(Int64, String)])
  func `gives the passwords of the standard`(seconds: Int64, password: String) {
    let secret = Array("12345678901234567890".utf8)
    let timeBased = TimeBasedPassword(secret: secret, digits: 8)
    #expect(timeBased.password(at: TimeBasedPassword.step(at: seconds)) == password)
  }

  @Test func `is written as apps understand it`() {
    let timeBased = TimeBasedPassword(secret: Array("12345678901234567890".utf8))
    // RFC 4648 of the same bytes.
    #expect(timeBased.base32 == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    #expect(
      timeBased.address(issuer: "Ügyfélportál", name: "kovacs.eva")
        == "otpauth://totp/%C3%9Cgyf%C3%A9lport%C3%A1l:kovacs.eva"
        + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%C3%9Cgyf%C3%A9lport%C3%A1l")
  }
}
