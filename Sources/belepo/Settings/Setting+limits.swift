internal import Domain

extension SettingKey {
  /// What keeps strangers from an account without keeping its owner out (D 12, D 13).
  var ownerSetting: Setting {
    switch self {
    case .loginFailuresPerUserName:
      .init(
        form: .count(3...1000), initial: "20",
        meaning: "failed logins with one user name a day, from one known browser or from "
          + "everywhere else, after which a login needs a code by e-mail (D 13)")
    case .loginCodeLifetime:
      .init(form: .duration(300...Self.hour), initial: "15m", meaning: "life of that code")
    case .codeTriesPerNetwork:
      .init(
        form: .count(5...1000), initial: "10",
        meaning: "wrong codes an hour from one network for one user name, at a new password or a "
          + "login")
    case .codeFailuresPerUserName:
      .init(
        form: .count(10...100_000), initial: "100",
        meaning: "such wrong codes a day from everywhere that raise an alarm")
    case .smsUnansweredPerNetwork:
      .init(
        form: .count(5...100_000), initial: "30",
        meaning: "code messages that one network may leave unanswered a day (D 13)")
    case .smsFailuresPerNetwork:
      .init(
        form: .count(5...100_000), initial: "50",
        meaning: "wrong codes by SMS a day from one network (D 13)")
    case .networkLimits:
      .init(
        form: .choice(NetworkLimits.allCases.map(\.rawValue)), initial: "enforced",
        meaning: "recorded only alerts and records when a network reaches one of the two")
    case .smsNoticesPerAccount:
      .init(
        form: .count(1...50), initial: "5", meaning: "notices by SMS to one account's owner a day")
    case .unconfirmedAddress:
      .init(
        form: .duration(Self.day...(90 * Self.day)), initial: "7d",
        meaning: "how long an account that was never confirmed keeps its address from others")
    case .passwordChangesPerAccount:
      .init(form: .count(1...50), initial: "5", meaning: "password changes of one account a day")
    case .addressChangesPerAccount:
      .init(form: .count(1...50), initial: "5", meaning: "address changes of one account a day")
    case .renumberingTold:
      .init(
        form: .duration(Self.day...(365 * Self.day)), initial: "90d",
        meaning: "how long the home page says that the customer number has changed")
    default: .init(form: .text, meaning: "")
    }
  }

  var limitSetting: Setting {
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
          "SMS of everybody an hour, notices too, before the SMS step pauses; alarms come earlier")
    case .smsPerDay:
      .init(form: .count(1...10_000_000), initial: "20000", meaning: "the same a day")
    case .smsPerCustomerPerDay:
      .init(form: .count(1...100), initial: "5", meaning: "messages for a customer a day (D 2)")
    case .emailTriesPerCode:
      .init(form: .count(1...20), initial: "10", meaning: "tries of a code by e-mail")
    case .emailsPerAccountPerDay:
      .init(form: .count(1...50), initial: "5", meaning: "code e-mails of an account a day")
    case .takenEmailsPerRegistration:
      .init(
        form: .count(1...20), initial: "5",
        meaning: "answers to one registration that an address is taken (D 7)")
    case .takenEmailsPerAccountPerDay:
      .init(
        form: .count(1...20), initial: "5",
        meaning: "answers to one account a day that an address is taken (D 7)")
    case .addressUndo:
      .init(
        form: .duration(Self.hour...(30 * Self.day)), initial: "72h",
        meaning: "how long the owner of an old user name can take its change back")
    case .addressUndoTries:
      .init(
        form: .count(5...1000), initial: "20",
        meaning: "tries of that a day from one network; the code has nearly thirty bits")
    case .mismatchesPerNumberPerHour:
      .init(
        form: .count(3...10_000), initial: "20",
        meaning: "failed identifications with one number from one network an hour")
    case .mismatchesPerAddress:
      .init(
        form: .count(5...100_000), initial: "30",
        meaning: "the same from one network address in ten minutes; a local proxy is not counted")
    case .mistakesPerAddress:
      .init(
        form: .count(10...100_000), initial: "100",
        meaning:
          "forms from one network address in ten minutes that cannot be a claim at all; a local "
          + "proxy is not counted")
    case .loginFailuresWithoutDelay:
      .init(
        form: .count(0...10), initial: "3",
        meaning: "failed logins from one network that cost no pause")
    case .loginDelayMax:
      .init(
        form: .duration(1...900), initial: "60s",
        meaning: "longest pause; within it a code by e-mail is asked for after the password")
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
