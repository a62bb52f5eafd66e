/// Every limit and lifetime that the insurer may set, with its default (R11).
///
/// Seconds are whole seconds. The configuration checks each value against its range before it comes
/// here; the reasons stand beside the numbers.
package struct Limits: Hashable, Sendable {
  // MARK: Registration

  /// How long one attempt lives (D 8): long enough to look for a policy, short enough for a shared
  /// computer.
  package var registrationLifetimeSeconds = 60 * 60
  /// Prefixes of mobile numbers that can be texted (J2).
  package var mobilePrefixes = ["20", "30", "70"]
  /// Failed identifications an hour for one policy or customer number, and for one mobile number:
  /// enough for any muddle, too few to find out a stranger's other half of the pair.
  package var mismatchesPerNumberPerHour = 20
  /// Failed identifications in ten minutes from one network address.
  package var mismatchesPerAddressPerTenMinutes = 30

  // MARK: Codes by SMS

  package var smsAlphabet = CodeAlphabet.digits
  /// At most ten minutes (ASVS 6.5.5).
  package var smsCodeLifetimeSeconds = 10 * 60
  /// Tries for each code (D 1, ASVS 6.6.3).
  package var smsTriesPerCode = 5
  /// Wrong codes of one customer in a row, over all codes and registrations, that disable the SMS
  /// step: ten guesses of 100,000 are NIST's 1 in 10,000 (D 1).
  package var smsFailuresPerCustomer = 10
  /// Wrong codes a day of all customers together; beyond it the SMS step refuses and an alarm is
  /// logged (D 1).
  package var smsFailuresPerDay = 1000
  /// Pause before the next message (D 2).
  package var resendAfterSeconds = 60
  /// A code that lives at least this long is sent again instead of being replaced (D 2).
  package var sameCodeForSeconds = 5 * 60
  package var smsPerRegistration = 3
  package var smsPerNumberPerDay = 5
  package var smsPerCustomerPerDay = 5
  /// Code messages of everybody: what a robot can make us pay for at most (security.md 2.3).
  package var smsPerHour = 3000
  package var smsPerDay = 20_000

  // MARK: E-mail

  /// Life of the code that confirms an address (D 1): it is not a way to log in.
  package var emailCodeLifetimeSeconds = 24 * 60 * 60
  package var emailTriesPerCode = 10
  package var emailsPerAccountPerDay = 5
  /// Answers that an address is taken (D 7).
  package var takenEmailsPerRegistration = 5

  // MARK: Recovery

  /// Whole life of a recovery and of every code in it: NIST allows a day by e-mail, but the code
  /// opens an account.
  package var recoveryLifetimeSeconds = 30 * 60
  package var recoveryTriesPerCode = 5
  /// Letters an hour for one account; the next ones are not sent, and nothing is told of it.
  package var recoveryLettersPerHour = 3
  /// Requests in ten minutes from one network address.
  package var recoveriesPerAddressPerTenMinutes = 10
  /// How long the owner of an old user name can take its change back: long enough for a weekend.
  package var addressUndoSeconds = 72 * 60 * 60
  /// Tries of that a day with one address, and for one account: many, because a thief must not use
  /// them up; the code has nearly thirty bits.
  package var addressUndoTriesPerDay = 1000

  // MARK: Login and sessions

  /// Idle time of a session (D 8).
  package var sessionIdleSeconds = 15 * 60
  /// Whole life of a session (D 8).
  package var sessionAbsoluteSeconds = 8 * 60 * 60
  /// Sessions of one account at a time (ASVS 7.1.2): a phone, a tablet, a computer and two more.
  package var sessionsPerAccount = 5
  /// Failures that cost no delay; after them it doubles from one second.
  package var loginFailuresWithoutDelay = 3
  /// The longest delay: nobody can lock somebody else out for longer.
  package var loginDelaySecondsMax = 60
  /// Failed logins in ten minutes from one network address: one guess at each of many accounts
  /// costs no pause otherwise.
  package var loginFailuresPerAddressPerTenMinutes = 30
  /// Failed logins an hour of everybody together at which an operator hears of it. Nobody is locked
  /// out: that is what somebody who sprays passwords may want.
  package var loginFailuresPerHour = 1000
  /// Failures in a row after which a login is told to the account's owner (ASVS 6.3.5).
  package var loginFailuresTold = 5

  // MARK: Retention

  /// What was typed in a registration, after the end of its life: long enough to notice that
  /// something went wrong, and no longer.
  package var abandonedDataSeconds = 72 * 60 * 60
  /// The rest of a registration that never became an account: its case number answers questions.
  package var registrationSeconds = 90 * 24 * 60 * 60
  /// That a message was sent, without its text, which is gone when it is sent.
  package var messageSeconds = 90 * 24 * 60 * 60
  /// A change that the back office has acknowledged: it answers questions about its books.
  package var handOverSeconds = 90 * 24 * 60 * 60
  /// A session after its last use.
  package var sessionSeconds = 30 * 24 * 60 * 60
  /// A browser that an account was used with, after its last login: as long as its cookie lives.
  package var knownDeviceSeconds = 365 * 24 * 60 * 60
  /// Counts by number and by network address, of which only hashes are kept: no limit looks further
  /// back than a day.
  package var countSeconds = 2 * 24 * 60 * 60
  /// A request for one's data after it was carried out: the insurer's proof that it answered.
  package var dataRequestSeconds = 3 * 365 * 24 * 60 * 60

  // MARK: The ledger and the customers' rights

  /// How old a row of the ledger or the audit trail is when it is sealed: no transaction of ours
  /// lives so long, so that no row with a smaller number can still come.
  package var sealAfterSeconds = 60
  /// By when a request for a copy or for erasure is carried out (GDPR art. 12 (3): one month).
  package var dataRequestAnswerSeconds = 30 * 24 * 60 * 60

  package init() {}
}
