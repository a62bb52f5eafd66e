package import Cryptography
package import Domain
package import FoundationEssentials
package import Outbox
package import Persistence
package import Wording

/// What every desk works with: the store, the clock, chance, the limits and the post.
///
/// Everything that a test wants to turn or to hold still comes from here (R10).
package struct World: Sendable {
  package let store: any Store
  package let keys: SecretKeys
  package let limits: Limits
  package let brand: Brand
  package let declaredTexts: DeclaredTexts
  package let correspondence: Correspondence
  package let doorbell: Doorbell
  package let now: @Sendable () -> Date
  package let randomBytes: RandomBytes
  package let raise: @Sendable (Alarm) -> Void

  package init(
    store: any Store, keys: SecretKeys, limits: Limits, brand: Brand,
    correspondence: Correspondence, doorbell: Doorbell, now: @escaping @Sendable () -> Date,
    randomBytes: RandomBytes, raise: @escaping @Sendable (Alarm) -> Void
  ) {
    self.store = store
    self.keys = keys
    self.limits = limits
    self.brand = brand
    declaredTexts = DeclaredTexts(brand: brand)
    self.correspondence = correspondence
    self.doorbell = doorbell
    self.now = now
    self.randomBytes = randomBytes
    self.raise = raise
  }

  var codes: Codes { Codes(keys: keys, randomBytes: randomBytes) }
}

/// What an operator must hear of at once.
package enum Alarm: Hashable, Sendable {
  /// All customers together typed too many wrong codes today (D 1).
  case smsFailureBudgetSpent(failures: Int)
  /// Half, four fifths or all of the code messages of an hour or a day are sent.
  case smsBudget(SMSBudget.Window, used: Int, limit: Int)
  /// Few of the codes that were sent are typed in.
  case smsConversionLow(sent: Int, accepted: Int)
  /// All user names together had so many failed logins within an hour (attack 26).
  case loginFailures(Int)
}
