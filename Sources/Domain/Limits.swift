/// Every limit and lifetime that the insurer may set, with its default (R11).
///
/// Seconds are whole seconds. The configuration checks each value's range first; the reasons stand
/// beside the numbers.
package struct Limits: Hashable, Sendable {
  // MARK: Registration

  /// How long one attempt lives (D 8): long enough to look for a policy, short enough for a shared
  /// computer.
  package var registrationLifetimeSeconds = 60 * 60
  /// How long it can be made to live by asking for more time: as long as a session, so that nobody
  /// loses it who reads slowly (WCAG 2.2.1), and not for ever.
  package var registrationLongestSeconds = 8 * 60 * 60
  /// Prefixes of mobile numbers that can be texted (J2).
  package var mobilePrefixes = ["20", "30", "70"]
  /// Failed identifications an hour for one policy or customer number, and for one mobile number,
  /// from one network: enough for any muddle, too few to discover the other half of a stranger's
  /// pair. By network, since a stranger must not be able to keep the owner of a number out (D 13).
  package var mismatchesPerNumberPerHour = 20
  /// Failed identifications in ten minutes from one network address.
  package var mismatchesPerAddressPerTenMinutes = 30

  /// Forms in ten minutes from one network address that cannot be a claim at all: people correct
  /// themselves often, but each of them may open a registration, which is kept for weeks.
  package var mistakesPerAddressPerTenMinutes = 100

  // MARK: Codes by SMS

  package var smsAlphabet = CodeAlphabet.digits
  /// At most ten minutes (ASVS 6.5.5).
  package var smsCodeLifetimeSeconds = 10 * 60
  /// Tries for each code (D 1, ASVS 6.6.3).
  package var smsTriesPerCode = 5
  /// Wrong codes of one customer in a row, over all codes and registrations, that disable the SMS
  /// step: ten guesses of 100,000 are NIST's 1 in 10,000 (D 1).
  package var smsFailuresPerCustomer = 10
  /// Wrong codes a day by all customers together; beyond that the SMS step refuses and an alarm is
  /// logged (D 1).
  package var smsFailuresPerDay = 1000
  /// Pause before the next message (D 2).
  package var resendAfterSeconds = 60
  /// A code that lives at least this long is sent again instead of being replaced (D 2).
  package var sameCodeForSeconds = 5 * 60
  package var smsPerRegistration = 3
  package var smsPerNumberPerDay = 5
  package var smsPerCustomerPerDay = 5
  /// Code messages to all customers: the most that a robot can make us pay for (attack 18).
  package var smsPerHour = 3000
  package var smsPerDay = 20_000

  /// Codes by SMS that one network may leave unanswered in a day: a branch office and a mobile
  /// operator's customers enter theirs, a robot with leaked pairs does not (D 13).
  package var smsUnansweredPerNetworkPerDay = 30
  /// Wrong codes by SMS a day from one network, so that it cannot spend what all have together.
  package var smsFailuresPerNetworkPerDay = 50
  /// What happens when a network has reached one of the two.
  package var networkLimits = NetworkLimits.enforced
  /// Notices by SMS to one account's owner in a day.
  package var smsNoticesPerAccountPerDay = 5

  // MARK: E-mail

  /// Life of the code that confirms an address (D 1): it is not a way to log in.
  package var emailCodeLifetimeSeconds = 24 * 60 * 60
  package var emailTriesPerCode = 10
  package var emailsPerAccountPerDay = 5
  /// How often a registration may be told that an address is taken (D 7).
  package var takenEmailsPerRegistration = 5
  /// How often a day an account that corrects or changes its address may be told that one is taken
  /// (D 7).
  package var takenEmailsPerAccountPerDay = 5
  /// How long an account that was never confirmed keeps its address from others: the code lives a
  /// day, and a week has room for a holiday.
  package var unconfirmedAddressSeconds = 7 * 24 * 60 * 60
  /// How often a day an account's password, or its addresses, may be changed.
  package var passwordChangesPerAccountPerDay = 5
  package var addressChangesPerAccountPerDay = 5

  // MARK: Recovery

  /// Whole life of a recovery and of every code in it: NIST allows a day by e-mail, but this code
  /// opens an account.
  package var recoveryLifetimeSeconds = 30 * 60
  package var recoveryTriesPerCode = 5
  /// How often in an hour the same code goes to one address again; a new code always goes out.
  package var recoveryLettersPerHour = 3
  /// Requests in ten minutes from one network address.
  package var recoveriesPerAddressPerTenMinutes = 10
  /// How long the owner of an old user name can undo its change: long enough for a weekend.
  package var addressUndoSeconds = 72 * 60 * 60
  /// Tries a day to undo it from one network. What guards the undo is the code, which has nearly
  /// thirty bits; a count for the account would let a thief use it up (D 13).
  package var addressUndoTriesPerDay = 20
  /// Tries an hour from one network at the e-mailed codes for one user name: a code for a new
  /// password, or one that a login needs.
  package var codeTriesPerNetworkPerHour = 10
  /// Wrong codes for one user name in a day, from everywhere, at which an operator is alerted.
  package var codeFailuresPerUserNamePerDay = 100

  // MARK: Login and sessions

  /// Idle time of a session (D 8).
  package var sessionIdleSeconds = 15 * 60
  /// Whole life of a session (D 8).
  package var sessionAbsoluteSeconds = 8 * 60 * 60
  /// How long a login in a known browser is enough for what a thief would do first: as long as
  /// somebody needs who has logged in to do it (ASVS 7.5.3).
  package var stepUpAfterSeconds = 5 * 60
  /// How long a code that was entered since is enough: so that a slow reader fills in the form in
  /// peace (WCAG 2.2.1), and no longer than the code itself would have lived.
  package var stepUpForSeconds = 10 * 60
  /// Sessions of one account at a time (ASVS 7.1.2): a phone, a tablet, a computer and two more.
  package var sessionsPerAccount = 5
  /// Failures without a delay; after them it doubles, starting at one second.
  package var loginFailuresWithoutDelay = 3
  /// The longest delay. It never refuses a customer: within it, a code by e-mail is asked for
  /// after the password (D 13).
  package var loginDelaySecondsMax = 60
  /// Failures with one user name in a day, from one known browser or from everywhere else, after
  /// which a login needs a code by e-mail: all that any number of networks can try out in a day
  /// (D 13).
  package var loginFailuresPerUserNamePerDay = 20
  /// Life of the code that such a login needs.
  package var loginCodeLifetimeSeconds = 15 * 60
  /// How long the home page says that an account has moved to a new customer number.
  package var renumberingToldSeconds = 90 * 24 * 60 * 60
  /// Failed logins in ten minutes from one network address: otherwise one guess at each of many
  /// accounts would never be delayed.
  package var loginFailuresPerAddressPerTenMinutes = 30
  /// Failed logins an hour, by everybody together, at which an operator is alerted. Nobody is
  /// locked out: that may be what a password sprayer wants.
  package var loginFailuresPerHour = 1000
  /// Failures in a row after which the account's owner is told of a login (ASVS 6.3.5).
  package var loginFailuresTold = 5

  /// How long data that nobody needs any longer is kept.
  package var retention = RetentionPeriods()

  // MARK: The ledger and the customers' rights

  /// How old a row of the ledger or the audit trail is when it is sealed: none of our transactions
  /// lasts that long, so that no row with a smaller number can still appear.
  package var sealAfterSeconds = 60
  /// By when a request for a copy or for erasure is carried out (GDPR art. 12 (3): one month).
  package var dataRequestAnswerSeconds = 30 * 24 * 60 * 60

  /// Of those who help customers.
  package var staff = StaffLimits()

  package init() {}
}

/// Limits of the staff's site (D 14), in seconds where they are times.
package struct StaffLimits: Hashable, Sendable {
  /// How long an invitation can be used: until tomorrow's shift.
  package var linkLifetimeSeconds = 24 * 60 * 60
  /// Idle time of a session: a long call, and no lunch.
  package var sessionIdleSeconds = 30 * 60
  /// Whole life of a session: a long shift.
  package var sessionAbsoluteSeconds = 12 * 60 * 60
  /// Wrong codes of a second factor a day after the right password; then only an operator helps. A
  /// hundred would guess one of the three live codes once in three thousand days.
  package var wrongCodesPerDay = 20
  /// Searches of one person in an hour: more than anybody has calls.
  package var searchesPerHour = 240
  /// Cases that one person may open in an hour, so that nobody reads the register through
  /// (attack 92).
  package var openingsPerHour = 60
  /// Life of the code that proves a caller, who is on the line.
  package var callerCodeLifetimeSeconds = 5 * 60
  /// Tries at it: the agent types, so that a slip is rare.
  package var callerCodeTries = 3
  /// Such codes to one customer in a day.
  package var callerCodesPerDay = 5
  /// How long a proven caller counts as proven: one long call. A case stays open as long as the
  /// session, and hours later somebody else may be on the line. No shorter than a code lives.
  package var callerProofSeconds = 30 * 60
  /// How long a second person may agree to what was asked: until the next shift. After a day the
  /// case has moved on, and whoever asked would ask for something else.
  package var consentLifetimeSeconds = 24 * 60 * 60

  package init() {}
}

/// What a limit for one network does when it is reached.
package enum NetworkLimits: String, CaseIterable, Sendable {
  /// It alerts an operator and refuses.
  case enforced
  /// It only alerts and records: to see whom it would refuse before it does.
  case recorded
}

/// How long rows are kept after their use, in seconds (GDPR art. 5 (1) e).
package struct RetentionPeriods: Hashable, Sendable {
  /// What was typed in a registration, after its life has ended: long enough to notice that
  /// something went wrong, and no longer.
  package var abandonedDataSeconds = 72 * 60 * 60
  /// The rest of a registration that never became an account: its case number answers questions.
  package var registrationSeconds = 90 * 24 * 60 * 60
  /// The record that a message was sent, without its text, which is deleted on sending.
  package var messageSeconds = 90 * 24 * 60 * 60
  /// A change that the back office has acknowledged, for questions about its books.
  package var handOverSeconds = 90 * 24 * 60 * 60
  /// A session after its last use.
  package var sessionSeconds = 30 * 24 * 60 * 60
  /// A browser that an account was used with, after its last login: as long as its cookie lives.
  package var knownDeviceSeconds = 365 * 24 * 60 * 60
  /// Counts by number and by network address, kept only as hashes: no limit looks back further than
  /// a day.
  package var countSeconds = 2 * 24 * 60 * 60
  /// Counts of what nobody in particular did: long enough to see who was at it for weeks.
  package var anonymousEventSeconds = 30 * 24 * 60 * 60
  /// A request about one's data after it was carried out: the insurer's proof that it answered.
  package var dataRequestSeconds = 3 * 365 * 24 * 60 * 60

  package init() {}
}
