package import Domain
package import FoundationEssentials

/// Something that a caller met, or that explains it: the true reason, which no page of a customer
/// ever tells (J3).
package enum CaseFinding: Hashable, Sendable {
  /// The numbers did not match. The digits are those that an agent may name.
  case mismatch(Mismatch, lastDigits: String?)
  /// What was typed cannot be a number.
  case claimInvalid
  /// Too many mismatches, by a number or from a network.
  case mismatchLimit(until: Date)
  case noRegister

  case smsUnderWay(queuedAt: Date)
  /// No gateway has taken it yet.
  case smsDelayed(queuedAt: Date)
  case smsArrived
  /// The network or the gateway will not deliver it.
  case smsRefused
  /// Nobody took it while it was useful.
  case smsTooLate
  case smsDayLimit(until: Date)
  /// The messages of one registration are used up.
  case smsRegistrationLimit(until: Date)
  /// Too many wrong codes of all customers (D 1).
  case smsSuspended(until: Date)
  /// A network's share, or everybody's budget, is spent.
  case smsOtherLimit
  case wrongCodes(Int)
  case smsStepDisabled(since: Date)

  case phoneProven
  /// The address given is that of another account; another one may still be given.
  case addressTaken(times: Int)
  /// That was so too often, and the registration has ended.
  case takenEmails
  case registerChanged
  case alreadyRegistered

  case letterUnderWay
  /// The relay has taken it: it may be among the spam.
  case letterSent(at: Date)
  case letterBounced
  case addressUnconfirmed

  /// The letter with the code for a new password, as long as the code has led to nothing.
  case recoveryUnderWay
  case recoverySent(at: Date)
  case recoveryBounced

  case loginFailures(Int)
  case accountLocked(AccountStanding.Lock, since: Date)
  case ownerBlocked
  case ownerDeceased
  case ownerClosed
  case ownerGone
  case renumbered(at: Date)
  case userNameChanged(at: Date)
  case dataRequest(DataRights.Kind, answerBy: Date)
  /// The default SMS number is that of several customers: a family's, or a mistake. It refuses
  /// nobody, since the number of the customer or the policy tells whom a code is for (J3).
  case sharedPhone(customers: Int)

  case noAccount
  /// Everything is as it should be.
  case nothing
}
