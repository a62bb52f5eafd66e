import Domain
import Testing

@testable import Accounts

/// What attackers try first is refused (D 3).
struct CommonPasswordsTests {
  @Test(arguments: PasswordPolicy.allCases)
  func `at least ten thousand that fit the policy are known`(policy: PasswordPolicy) throws {
    let common = try CommonPasswords.load(for: policy)
    #expect(common.count >= 10_000)
    #expect(common.allSatisfy { $0.count >= policy.minimumLength && $0 == $0.lowercased() })
  }
}
