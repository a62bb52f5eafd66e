/// What one key may hold, what it holds by default, and why.
struct Setting {
  /// The form of a value.
  enum Form {
    case text
    case port
    case url
    /// A file that can be read.
    case file
    case address
    case database
    case keys
    case choice([String])
    case count(ClosedRange<Int>)
    /// Seconds; written like `90s`, `10m`, `24h`, `30d`.
    case duration(ClosedRange<Int>)
    case prefixes
    /// IP addresses, separated by commas.
    case addresses
  }

  let form: Form
  var initial: String?
  var isSecret = false
  /// Whether `serve` outside the demo cannot do without it.
  var isRequired = false
  let meaning: String
}

extension SettingKey {
  private static let hour = 3600
  private static let day = 86_400

  /// Form, default and meaning of the key. The ranges keep a slip of the hand from opening a door.
  var setting: Setting {
    switch self {
    case .httpHost: .init(form: .text, initial: "127.0.0.1", meaning: "address to listen on")
    case .httpPort: .init(form: .port, initial: "8080", meaning: "port to listen on")
    case .httpPublicURL:
      .init(form: .url, isRequired: true, meaning: "base of every link that is sent")
    case .trustedProxies:
      .init(form: .addresses, meaning: "proxies whose X-Forwarded-For is believed")
    case .httpDrain:
      .init(
        form: .duration(0...10), initial: "2s",
        meaning: "how long requests are still taken after /readyz has said no")
    case .managementHost:
      .init(
        form: .text, initial: "127.0.0.1",
        meaning: "address of /livez, /readyz, /metrics and of delivery reports")
    case .managementPort: .init(form: .port, initial: "9090", meaning: "port of the same")
    case .databaseURL:
      .init(form: .database, initial: "sqlite:var/belepo.sqlite", meaning: "where everything is")
    case .databaseConnections:
      .init(
        form: .count(1...200), initial: "10",
        meaning: "connections of this instance to PostgreSQL")
    case .databaseWait:
      .init(
        form: .duration(1...30), initial: "2s",
        meaning: "how long a request waits for one of them before 503 is answered")
    case .databasePooler:
      .init(
        form: .choice(["none", "transaction"]), initial: "none",
        meaning: "a pooler between us and PostgreSQL that shares sessions by transaction")
    case .secretsKey:
      .init(
        form: .keys, isSecret: true, isRequired: true,
        meaning: "32 random bytes or more in base64; of several, the first signs, all verify")
    case .logLevel:
      .init(
        form: .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
        initial: "info", meaning: "least level that is logged")
    case .brandDirectory: .init(form: .text, meaning: "the insurer's brand; built in without it")
    case .smsGateway, .smsFallback, .smsEncoding, .smsTimeout, .smsConcurrency, .smsRate,
      .smsReceiptURL, .smsKannelURL, .smsKannelUsername, .smsKannelPassword, .smsKannelFrom,
      .smsHTTPURL, .smsHTTPMethod, .smsHTTPHeaders, .smsHTTPFormat, .smsHTTPBody, .smsHTTPSuccess:
      smsSetting
    case .mailHost, .mailPort, .mailSecurity, .mailUsername, .mailPassword, .mailTimeout,
      .mailConcurrency, .mailRate, .mailFrom, .mailReplyTo:
      mailSetting
    case .authoritiesFile:
      .init(
        form: .file,
        meaning:
          "PEM file with authorities that are believed besides the system's, by gateways and relay"
      )
    case .dispatcherPlace:
      .init(
        form: .choice(["serve", "separate"]), initial: "serve",
        meaning: "separate leaves the sending to `belepo dispatch`")
    case .mobilePrefixes, .registrationLifetime, .smsAlphabet, .smsLifetime, .smsResendAfter,
      .emailLifetime, .sameCodeFor, .passwordPolicy, .argon2Memory, .argon2Passes, .sessionIdle,
      .sessionAbsolute, .sessionsPerAccount, .hashingQueue:
      journeySetting
    case .smsTriesPerCode, .smsFailuresPerCustomer, .smsFailuresPerDay, .smsPerRegistration,
      .smsPerNumberPerDay, .smsPerCustomerPerDay, .smsPerHour, .smsPerDay, .emailTriesPerCode,
      .emailsPerAccountPerDay,
      .takenEmailsPerRegistration, .mismatchesPerNumberPerHour, .mismatchesPerAddress,
      .loginFailuresWithoutDelay, .loginDelayMax, .loginFailuresPerAddress, .loginFailuresPerHour,
      .loginFailuresTold, .addressUndo, .addressUndoTries:
      limitSetting
    case .recoveryLifetime, .recoveryTriesPerCode, .recoveryLettersPerHour, .recoveriesPerAddress:
      recoverySetting
    case .retainAbandonedData, .retainRegistrations, .retainMessages, .retainSessions,
      .retainKnownDevices, .retainCounts, .retainDataRequests, .retainHandOvers:
      retentionSetting
    case .sealAfter, .dataRequestAnswer: ledgerSetting
    }
  }

  private var journeySetting: Setting {
    switch self {
    case .mobilePrefixes:
      .init(form: .prefixes, initial: "20,30,70", meaning: "prefixes that can be texted (J2)")
    case .registrationLifetime:
      .init(
        form: .duration(300...Self.day), initial: "60m", meaning: "life of a registration (D 8)")
    case .smsAlphabet:
      .init(
        form: .choice(["digits", "unambiguous"]), initial: "digits",
        meaning: "characters of a code by SMS (D 1)")
    case .smsLifetime:
      .init(form: .duration(5...600), initial: "10m", meaning: "its life; ASVS 6.5.5 ends at 10m")
    case .smsResendAfter:
      .init(form: .duration(1...600), initial: "60s", meaning: "pause before a resend (D 2)")
    case .sameCodeFor:
      .init(
        form: .duration(0...600), initial: "5m",
        meaning: "a code that lives so long is repeated, not replaced (D 2)")
    case .emailLifetime:
      .init(
        form: .duration(5...Self.day), initial: "24h", meaning: "life of a code by e-mail (D 1)")
    case .passwordPolicy:
      .init(
        form: .choice(["insurer", "modern"]), initial: "insurer",
        meaning: "rules of passwords (D 3)")
    case .argon2Memory:
      .init(
        form: .count(19_456...1_048_576), initial: "19456",
        meaning: "KiB of one hash; OWASP's floor with two passes")
    case .argon2Passes: .init(form: .count(2...20), initial: "2", meaning: "passes of one hash")
    case .hashingQueue:
      .init(
        form: .count(1...1000), initial: "32",
        meaning: "hashes that may wait before 503 is answered (D 3)")
    case .sessionIdle:
      .init(form: .duration(60...Self.hour), initial: "15m", meaning: "idle time (D 8)")
    case .sessionAbsolute:
      .init(form: .duration(300...Self.day), initial: "8h", meaning: "whole life (D 8)")
    case .sessionsPerAccount:
      .init(
        form: .count(1...100), initial: "5",
        meaning: "logins of one account at a time; one more ends the oldest")
    default: .init(form: .text, meaning: "")
    }
  }

  private var recoverySetting: Setting {
    switch self {
    case .recoveryLifetime:
      .init(
        form: .duration(300...Self.day), initial: "30m",
        meaning: "life of a code for a new password; NIST ends at 24h, but it opens an account")
    case .recoveryTriesPerCode:
      .init(form: .count(1...10), initial: "5", meaning: "tries of a code for a new password")
    case .recoveryLettersPerHour:
      .init(
        form: .count(1...20), initial: "3",
        meaning: "such letters for one account an hour; more are not sent, and no page tells it")
    case .recoveriesPerAddress:
      .init(
        form: .count(3...10_000), initial: "10",
        meaning:
          "requests from one network address in ten minutes; a local proxy is not counted")
    default: .init(form: .text, meaning: "")
    }
  }

  private var retentionSetting: Setting {
    let years = 0...(10 * 366 * Self.day)
    return switch self {
    case .retainAbandonedData:
      .init(
        form: .duration(years), initial: "72h",
        meaning: "what was typed in a registration, after its end")
    case .retainRegistrations:
      .init(
        form: .duration(years), initial: "90d",
        meaning: "case number and reason of a registration without an account, after its end")
    case .retainMessages:
      .init(
        form: .duration(Self.day...years.upperBound), initial: "90d",
        meaning: "that a message was sent; its text is gone at once, and a day's count needs a day")
    case .retainHandOvers:
      .init(
        form: .duration(years), initial: "90d",
        meaning: "a change that the back office has acknowledged, after that")
    case .retainSessions:
      .init(form: .duration(years), initial: "30d", meaning: "a login, after its last use")
    case .retainKnownDevices:
      .init(
        form: .duration(Self.day...years.upperBound), initial: "365d",
        meaning: "a browser that an account was used with, after its last login; the newest stays")
    case .retainCounts:
      .init(
        form: .duration(2 * Self.day...years.upperBound), initial: "2d",
        meaning:
          "counts by number and by network address, kept as hashes; a day's count needs a day")
    case .retainDataRequests:
      .init(
        form: .duration(years), initial: "1095d",
        meaning: "that a customer asked for a copy or for erasure, after it was carried out")
    default: .init(form: .text, meaning: "")
    }
  }

  private var ledgerSetting: Setting {
    switch self {
    case .sealAfter:
      .init(
        form: .duration(30...Self.hour), initial: "60s",
        meaning: "age at which rows of the ledger are sealed; longer than any transaction lives")
    case .dataRequestAnswer:
      .init(
        form: .duration(Self.day...(90 * Self.day)), initial: "30d",
        meaning: "by when a copy or erasure is promised (GDPR art. 12: one month)")
    default: .init(form: .text, meaning: "")
    }
  }

  private var limitSetting: Setting {
    switch self {
    case .smsTriesPerCode:
      .init(form: .count(1...10), initial: "5", meaning: "tries of a code by SMS (D 1)")
    case .smsFailuresPerCustomer:
      .init(
        form: .count(1...100), initial: "10",
        meaning: "wrong codes in a row that disable a customer's SMS step (D 1; NIST: 100 at most)")
    case .smsFailuresPerDay:
      .init(
        form: .count(1...1_000_000), initial: "1000",
        meaning: "wrong codes of everybody a day before the step pauses with an alarm (D 1)")
    case .smsPerRegistration:
      .init(form: .count(1...20), initial: "3", meaning: "messages of a registration (D 2)")
    case .smsPerNumberPerDay:
      .init(form: .count(1...100), initial: "5", meaning: "messages to a number a day (D 2)")
    case .smsPerHour:
      .init(
        form: .count(1...1_000_000), initial: "3000",
        meaning:
          "code messages of everybody an hour before the SMS step pauses; alarms come earlier")
    case .smsPerDay:
      .init(form: .count(1...10_000_000), initial: "20000", meaning: "the same a day")
    case .smsPerCustomerPerDay:
      .init(form: .count(1...100), initial: "5", meaning: "messages for a customer a day (D 2)")
    case .emailTriesPerCode:
      .init(form: .count(1...20), initial: "10", meaning: "tries of a code by e-mail")
    case .emailsPerAccountPerDay:
      .init(form: .count(1...50), initial: "5", meaning: "code e-mails of an account a day")
    case .takenEmailsPerRegistration:
      .init(form: .count(1...20), initial: "5", meaning: "answers that an address is taken (D 7)")
    case .addressUndo:
      .init(
        form: .duration(Self.hour...(30 * Self.day)), initial: "72h",
        meaning: "how long the owner of an old user name can take its change back")
    case .addressUndoTries:
      .init(
        form: .count(10...10_000), initial: "1000",
        meaning: "tries of that a day with one address, and for one account")
    case .mismatchesPerNumberPerHour:
      .init(
        form: .count(3...10_000), initial: "20",
        meaning: "failed identifications with one number an hour")
    case .mismatchesPerAddress:
      .init(
        form: .count(5...100_000), initial: "30",
        meaning: "the same from one network address in ten minutes; a local proxy is not counted")
    case .loginFailuresWithoutDelay:
      .init(form: .count(0...10), initial: "3", meaning: "failed logins that cost no pause")
    case .loginDelayMax:
      .init(form: .duration(1...900), initial: "60s", meaning: "longest pause between logins")
    case .loginFailuresPerAddress:
      .init(
        form: .count(5...100_000), initial: "30",
        meaning:
          "failed logins from one network address in ten minutes; a local proxy is not counted")
    case .loginFailuresPerHour:
      .init(
        form: .count(1...1_000_000), initial: "1000",
        meaning: "failed logins of everybody an hour that raise an alarm; nobody is locked out")
    case .loginFailuresTold:
      .init(
        form: .count(1...100), initial: "5",
        meaning: "failures in a row after which a login is told to the account's owner")
    default: .init(form: .text, meaning: "")
    }
  }
}
