extension SettingKey {
  var journeySetting: Setting {
    switch self {
    case .mobilePrefixes:
      .init(form: .prefixes, initial: "20,30,70", meaning: "prefixes that can be texted (J2)")
    case .registrationLifetime:
      .init(
        form: .duration(300...Self.day), initial: "60m", meaning: "life of a registration (D 8)")
    case .registrationLongest:
      .init(
        form: .duration(300...Self.day), initial: "8h",
        meaning: "the longest it lives for who asks for more time (WCAG 2.2.1)")
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
        form: .count(12_288...1_048_576), initial: "12288",
        meaning: "KiB of one hash; with fewer than 19456 at least three passes")
    case .argon2Passes: .init(form: .count(2...20), initial: "3", meaning: "passes of one hash")
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
    case .stepUpAfter:
      .init(
        form: .duration(60...Self.hour), initial: "5m",
        meaning: "how old a login may be for a new password, user name or correspondence address "
          + "and for requests about data; then a code by SMS is asked for (ASVS 7.5.3)")
    case .stepUpFor:
      .init(
        form: .duration(60...Self.hour), initial: "10m",
        meaning: "how long that code, once entered, is enough")
    default: .init(form: .text, meaning: "")
    }
  }

  var recoverySetting: Setting {
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
        meaning:
          "how often the same code goes to one address again in an hour; a new one always does")
    case .recoveriesPerAddress:
      .init(
        form: .count(3...10_000), initial: "10",
        meaning:
          "requests from one network address in ten minutes; a local proxy is not counted")
    default: .init(form: .text, meaning: "")
    }
  }
}
