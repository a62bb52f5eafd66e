extension SettingKey {
  /// The staff's site (D 14).
  var staffSetting: Setting {
    switch self {
    case .staffHost:
      .init(
        form: .text, initial: "127.0.0.1",
        meaning: "address of the staff's site, which is off without staff.port")
    case .staffPort: .init(form: .port, meaning: "port of the same; 0 is any that is free")
    case .staffPublicURL:
      .init(
        form: .url,
        meaning: "base of the links that staff get; without it "
          + "http://localhost with the port")
    case .staffLinkLifetime:
      .init(
        form: .duration(3600...604_800), initial: "24h",
        meaning: "how long the link of `belepo staff add` and `reset` can be used")
    case .staffSessionIdle:
      .init(
        form: .duration(60...3600), initial: "30m",
        meaning: "time without a click after which a session of staff ends")
    case .staffSessionAbsolute:
      .init(
        form: .duration(3600...86_400), initial: "12h", meaning: "whole life of a session of staff")
    case .staffWrongCodes:
      .init(
        form: .count(5...100), initial: "20",
        meaning: "wrong codes of a second factor a day after the right password; beyond it an "
          + "operator has to reset the account")
    case .staffSearches:
      .init(
        form: .count(10...10_000), initial: "240",
        meaning: "searches of one person in an hour")
    case .staffOpenings:
      .init(
        form: .count(5...1000), initial: "60",
        meaning: "cases that one person may open in an hour")
    case .callerCodeLifetime:
      .init(
        form: .duration(60...600), initial: "5m",
        meaning: "life of the code by SMS that proves a caller")
    case .callerProofFor:
      .init(
        form: .duration(600...3600), initial: "30m",
        meaning: "how long a caller counts as proven by such a code; then a new one is needed")
    case .consentLifetime:
      .init(
        form: .duration(3600...604_800), initial: "24h",
        meaning: "how long a second person may agree to what was asked for; then it has to be "
          + "asked for anew")
    case .callerCodeTries:
      .init(form: .count(1...5), initial: "3", meaning: "tries at such a code")
    default:
      .init(
        form: .count(1...20), initial: "5", meaning: "such codes to one customer in a day")
    }
  }
}
