package import Cryptography
package import Domain
package import FoundationEssentials
package import Outbox
package import Persistence
package import Wording

/// What every service of Accounts works with: the store, the clock, chance, the limits and the
/// messages.
///
/// Everything that a test wants to control comes from here (R10).
package struct World: Sendable {
  package let store: any Store
  /// Where the register is asked over a network; `nil` where it is imported.
  package let registerCopy: RegisterCopy?
  package let keys: SecretKeys
  package let limits: Limits
  package let brand: Brand
  package let declaredTexts: DeclaredTexts
  let keptTexts = KeptTexts()
  package let correspondence: Correspondence
  package let dispatchSignal: DispatchSignal
  package let now: @Sendable () -> Date
  package let randomBytes: RandomBytes
  package let raise: @Sendable (Alarm) -> Void

  package init(
    store: any Store, registerCopy: RegisterCopy? = nil, keys: SecretKeys, limits: Limits,
    brand: Brand,
    correspondence: Correspondence, dispatchSignal: DispatchSignal,
    now: @escaping @Sendable () -> Date,
    randomBytes: RandomBytes, raise: @escaping @Sendable (Alarm) -> Void
  ) {
    self.store = store
    self.registerCopy = registerCopy
    self.keys = keys
    self.limits = limits
    self.brand = brand
    declaredTexts = DeclaredTexts(brand: brand)
    self.correspondence = correspondence
    self.dispatchSignal = dispatchSignal
    self.now = now
    self.randomBytes = randomBytes
    self.raise = raise
  }

  var codes: Codes { Codes(keys: keys, randomBytes: randomBytes) }
}

/// What an operator must be told at once.
package enum Alarm: Hashable, Sendable {
  /// All customers together entered too many wrong codes today (D 1).
  case smsFailureBudgetSpent(failures: Int)
  /// Half, four fifths or all of an hour's or a day's code messages have been sent.
  case smsBudget(SMSBudget.Window, used: Int, limit: Int)
  /// Few of the codes that are sent are entered.
  case smsConversionLow(sent: Int, accepted: Int)
  /// All user names together had this many failed logins within an hour (attack 26).
  case loginFailures(Int)
  /// A source has reached a limit for the first time in a window.
  case limitReached(String, detail: String)
  /// Rows of the ledger or the trail that should have been sealed long ago, or that are dated in
  /// the future.
  case sealsOverdue(rows: Int)
  /// One network has reached half or all of what it may cost everybody (D 13); an operator sees
  /// which one in the proxy's log.
  case networkLimit(NetworkCosts.Kind, used: Int, limit: Int)
  /// Somebody is guessing the e-mailed codes of one user name, from many places (D 13).
  case codeGuessing(failures: Int)
}
