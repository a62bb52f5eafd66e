extension SettingKey {
  /// The insurer's own service instead of files.
  var registerServiceSetting: Setting {
    switch self {
    case .registerServiceURL:
      .init(
        form: .url,
        meaning: "the insurer's own register service, asked instead of importing files")
    case .registerServiceTimeout:
      .init(
        form: .duration(1...20), initial: "3s",
        meaning: "how long one of its answers may take; a customer waits for it")
    case .registerServiceTries:
      .init(form: .count(1...3), initial: "2", meaning: "how often it is asked the same")
    case .registerServiceCache:
      .init(
        form: .duration(0...3600), initial: "60s",
        meaning: "how long its answer is believed; so much later a change acts")
    case .registerServiceTrust:
      .init(
        form: .duration(0...(30 * Self.day)), initial: "24h",
        meaning: "how long accounts follow what it last said while it does not answer")
    case .registerServiceCertificate:
      .init(form: .file, meaning: "PEM file with the certificate that it is shown")
    case .registerServiceKey: .init(form: .file, meaning: "PEM file with the key of that")
    default: .init(form: .text, meaning: "")
    }
  }

  var registerSetting: Setting {
    switch self {
    case .registerMaxRejectPercent:
      .init(
        form: .count(0...100), initial: "1",
        meaning: "per cent of a register file's rows that may be rejected, and of its mobile "
          + "numbers that may be unreadable; beyond it the file is broken")
    case .registerMaxDeletePercent:
      .init(
        form: .count(0...100), initial: "5",
        meaning: "per cent of the register that an import may remove; beyond it the file is a part")
    case .registerMaxChangePercent:
      .init(
        form: .count(0...100), initial: "5",
        meaning:
          "per cent of the mobile numbers that an import may change; beyond it the column slipped")
    case .registerMaxOwnerChangePercent:
      .init(
        form: .count(0...100), initial: "5",
        meaning:
          "per cent of the policies that an import may give to another customer, of a hundred if "
          + "there are fewer; beyond it the column slipped")
    case .registerMaxDeliveryChangePercent:
      .init(
        form: .count(0...100), initial: "50",
        meaning: "per cent of a delivery's mobile numbers, and of its policies' customers, that "
          + "may differ from the register's")
    case .registerMaxEmptiedPercent:
      .init(
        form: .count(0...100), initial: "50",
        meaning: "per cent of a column's filled cells that an import may empty")
    case .registerMaxGarbledPercent:
      .init(
        form: .count(0...100), initial: "5",
        meaning: "per cent of a register file's accented texts that may be garbled; beyond it the "
          + "file is in another encoding")
    case .registerWarnAfter:
      .init(
        form: .duration(Self.hour...(90 * Self.day)), initial: "36h",
        meaning: "age of the register that is warned of; a nightly import misses one night")
    case .registerAlarmAfter:
      .init(
        form: .duration(Self.hour...(90 * Self.day)), initial: "72h",
        meaning: "age of the register that raises an alarm")
    default: .init(form: .text, meaning: "")
    }
  }
}
