internal import Domain

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
    /// Parts of this host, such as `/portal/`.
    case paths
    /// IP addresses, separated by commas.
    case addresses
  }

  let form: Form
  var initial: String?
  var isSecret = false
  /// Whether `serve` outside the demo requires it.
  var isRequired = false
  let meaning: String
}

extension SettingKey {
  static let hour = 3600
  static let day = 86_400

  /// Form, default and meaning of the key. The ranges keep a slip of the hand from opening a door.
  var setting: Setting {
    switch self {
    case .httpHost: .init(form: .text, initial: "127.0.0.1", meaning: "address to listen on")
    case .httpPort: .init(form: .port, initial: "8080", meaning: "port to listen on")
    case .httpPublicURL:
      .init(form: .url, isRequired: true, meaning: "base of every link that is sent")
    case .trustedProxies:
      .init(form: .addresses, meaning: "proxies whose X-Forwarded-For is believed")
    case .httpIdleTimeout, .httpRequestTimeout, .httpAnswerTimeout, .httpConnections,
      .httpConnectionsPerAddress:
      connectionSetting
    case .httpDrain:
      .init(
        form: .duration(0...10), initial: "2s",
        meaning: "how long requests are still taken after /readyz has said no")
    case .managementHost:
      .init(
        form: .text, initial: "127.0.0.1",
        meaning: "address of /livez, /readyz, /metrics and of delivery reports")
    case .managementPort: .init(form: .port, initial: "9090", meaning: "port of the same")
    case .staffHost, .staffPort, .staffPublicURL, .staffLinkLifetime, .staffSessionIdle,
      .staffSessionAbsolute, .staffWrongCodes, .staffSearches, .staffOpenings,
      .callerCodeLifetime, .callerCodeTries, .callerCodesPerDay, .callerProofFor,
      .consentLifetime:
      staffSetting
    case .portalKey:
      .init(
        form: .keys, isSecret: true,
        meaning: "signs what a portal behind our login is told of a session; of several, the first")
    case .portalPaths:
      .init(
        form: .paths,
        meaning: "where that portal is on our host, such as /portal/; the only places to be sent "
          + "back to after a login")
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
    case .databaseQuickCheck:
      .init(
        form: .duration(0...600), initial: "2s",
        meaning:
          "how long the embedded database's file may be checked at start; 0s for not at all")
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
    case .tracesURL, .tracesHeaders, .tracesShare: tracesSetting
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
    case .mobilePrefixes, .registrationLifetime, .registrationLongest, .smsAlphabet, .smsLifetime,
      .smsResendAfter,
      .emailLifetime, .sameCodeFor, .passwordPolicy, .argon2Memory, .argon2Passes, .sessionIdle,
      .sessionAbsolute, .sessionsPerAccount, .stepUpAfter, .stepUpFor, .hashingQueue:
      journeySetting
    case .smsTriesPerCode, .smsFailuresPerCustomer, .smsFailuresPerDay, .smsPerRegistration,
      .smsPerNumberPerDay, .smsPerCustomerPerDay, .smsPerHour, .smsPerDay, .emailTriesPerCode,
      .emailsPerAccountPerDay,
      .takenEmailsPerRegistration, .takenEmailsPerAccountPerDay, .mismatchesPerNumberPerHour,
      .mismatchesPerAddress, .mistakesPerAddress,
      .loginFailuresWithoutDelay, .loginDelayMax, .loginFailuresPerAddress, .loginFailuresPerHour,
      .loginFailuresTold, .addressUndo, .addressUndoTries:
      limitSetting
    case .recoveryLifetime, .recoveryTriesPerCode, .recoveryLettersPerHour, .recoveriesPerAddress:
      recoverySetting
    case .retainAbandonedData, .retainRegistrations, .retainMessages, .retainSessions,
      .retainKnownDevices, .retainCounts, .retainAnonymousEvents, .retainDataRequests,
      .retainHandOvers:
      retentionSetting
    case .registerMaxRejectPercent, .registerMaxDeletePercent, .registerMaxChangePercent,
      .registerMaxOwnerChangePercent, .registerMaxDeliveryChangePercent,
      .registerMaxEmptiedPercent, .registerMaxGarbledPercent, .registerWarnAfter,
      .registerAlarmAfter:
      registerSetting
    case .registerServiceURL, .registerServiceTimeout, .registerServiceTries,
      .registerServiceCache, .registerServiceTrust, .registerServiceCertificate,
      .registerServiceKey:
      registerServiceSetting
    case .sealAfter, .dataRequestAnswer: ledgerSetting
    case .loginFailuresPerUserName, .loginCodeLifetime, .codeTriesPerNetwork,
      .codeFailuresPerUserName, .smsUnansweredPerNetwork, .smsFailuresPerNetwork, .networkLimits,
      .smsNoticesPerAccount, .unconfirmedAddress, .passwordChangesPerAccount,
      .addressChangesPerAccount, .renumberingTold:
      ownerSetting
    }
  }

  private var connectionSetting: Setting {
    switch self {
    case .httpIdleTimeout:
      .init(
        form: .duration(5...Self.hour), initial: "75s",
        meaning:
          "how long a connection is kept without a request; longer than a balancer keeps its own"
      )
    case .httpRequestTimeout:
      .init(
        form: .duration(2...120), initial: "20s",
        meaning: "how long a request may take to arrive, from its first byte to its last")
    case .httpAnswerTimeout:
      .init(
        form: .duration(2...600), initial: "30s",
        meaning: "how long a client may take to read an answer")
    case .httpConnections:
      .init(
        form: .count(16...1_000_000), initial: "4096",
        meaning: "connections at a time; then one without a request gives its place to a new one")
    case .httpConnectionsPerAddress:
      .init(
        form: .count(4...1_000_000), initial: "512",
        meaning:
          "the same from one network address, which a carrier's customers may share; trusted "
          + "proxies are not counted")
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
    case .retainAnonymousEvents:
      .init(
        form: .duration(Self.day...years.upperBound), initial: "30d",
        meaning:
          "counts of what nobody in particular did, such as limits that were reached; by hashes")
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
}
