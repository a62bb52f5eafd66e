import Domain
import Testing

/// The numbers that are promised (docs/configuration.md) when nobody sets anything.
struct LimitsTests {
  // A key path is not sendable, hence functions.
  static let promised: [(String, @Sendable (Limits) -> Int, Int)] = [
    ("a registration lives an hour (D 8)", { $0.registrationLifetimeSeconds }, 3_600),
    ("and eight at most", { $0.registrationLongestSeconds }, 28_800),
    ("a code by SMS lives ten minutes (D 1)", { $0.smsCodeLifetimeSeconds }, 600),
    ("a code by SMS has five tries (D 1)", { $0.smsTriesPerCode }, 5),
    ("ten failures in a row disable (D 1)", { $0.smsFailuresPerCustomer }, 10),
    ("a minute between messages (D 2)", { $0.resendAfterSeconds }, 60),
    ("five minutes for the same code (D 2)", { $0.sameCodeForSeconds }, 300),
    ("three messages a registration (D 2)", { $0.smsPerRegistration }, 3),
    ("five messages a day to a number (D 2)", { $0.smsPerNumberPerDay }, 5),
    ("five messages a day for a customer (D 2)", { $0.smsPerCustomerPerDay }, 5),
    ("a code by e-mail lives a day (D 1)", { $0.emailCodeLifetimeSeconds }, 86_400),
    ("five taken addresses (D 7)", { $0.takenEmailsPerRegistration }, 5),
    ("fifteen idle minutes (D 8)", { $0.sessionIdleSeconds }, 900),
    ("a login is proof enough for five minutes", { $0.stepUpAfterSeconds }, 300),
    ("a code entered since for ten", { $0.stepUpForSeconds }, 600),
    ("a caller is proven for half an hour", { $0.staff.callerProofSeconds }, 1_800),
    ("eight hours at most (D 8)", { $0.sessionAbsoluteSeconds }, 28_800),
  ]

  @Test(arguments: promised)
  func `what is promised holds when nothing is set`(
    promise: String, number: @Sendable (Limits) -> Int, value: Int
  ) {
    #expect(number(Limits()) == value, "\(promise)")
  }

  @Test func `three prefixes are texted and the code has digits`() {
    #expect(Limits().mobilePrefixes == ["20", "30", "70"])
    #expect(Limits().smsAlphabet == .digits)
  }

  @Test func `no code lives longer than the registration that waits for it`() {
    #expect(Limits().smsCodeLifetimeSeconds < Limits().registrationLifetimeSeconds)
    #expect(Limits().sameCodeForSeconds < Limits().smsCodeLifetimeSeconds)
  }
}
