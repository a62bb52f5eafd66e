import Domain
import TestSupport
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

  @Test(arguments: ["Summer2024", "Tavasz2026", "2019Winter", "Budapest1999", "Jelszo2025"])
  func `a word of the list with a year is one of the list`(password: String) throws {
    let refusals = try Stage.refusals(of: password)
    #expect(refusals.contains(.common))
  }

  @Test(arguments: ["Zoldalma2024Korte", "Xkvqw2024", "Summer1824Kert", "2024Zk"])
  func `a year alone makes nothing common`(password: String) throws {
    let refusals = try Stage.refusals(of: password)
    #expect(!refusals.contains(.common))
  }
}
