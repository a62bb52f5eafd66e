extension SettingKey {
  /// Keys for sending SMS.
  var smsSetting: Setting {
    switch self {
    case .smsGateway:
      .init(form: .choice(["kannel", "http"]), isRequired: true, meaning: "way out for SMS")
    case .smsFallback:
      .init(
        form: .choice(["kannel", "http"]),
        meaning: "the other one, for when the first refuses or does not answer")
    case .smsEncoding:
      .init(
        form: .choice(["gsm7", "ucs2"]), initial: "gsm7",
        meaning: "gsm7 writes á as a and has 160 letters; ucs2 has all letters, and 70 of them")
    case .smsTimeout:
      .init(form: .duration(1...20), initial: "10s", meaning: "longest wait for a gateway's answer")
    case .smsConcurrency:
      .init(form: .count(1...200), initial: "20", meaning: "SMS in the gateways' hands at a time")
    case .smsRate:
      .init(
        form: .count(0...10_000), initial: "0", meaning: "SMS a second at most; 0 sets no limit")
    case .smsReceiptURL:
      .init(
        form: .url,
        meaning: "management listener as the gateway reaches it; turns delivery reports on")
    case .smsKannelURL:
      .init(
        form: .url, initial: "http://127.0.0.1:13013/cgi-bin/sendsms",
        meaning: "Kannel's sendsms interface")
    case .smsKannelUsername: .init(form: .text, meaning: "Kannel's user")
    case .smsKannelPassword: .init(form: .text, isSecret: true, meaning: "its password")
    case .smsKannelFrom: .init(form: .text, meaning: "sender of an SMS, at most 11 characters")
    default: httpSetting
    }
  }

  private var httpSetting: Setting {
    switch self {
    case .smsHTTPURL:
      .init(
        form: .text, isSecret: true,
        meaning: "the provider's address; may have places, as `{number}`")
    case .smsHTTPMethod:
      .init(
        form: .choice(["POST", "PUT", "GET"]), initial: "POST",
        meaning: "how the provider is asked")
    case .smsHTTPHeaders:
      .init(form: .text, isSecret: true, meaning: "a line `Name: value` each; may have places")
    case .smsHTTPFormat:
      .init(
        form: .choice(["json", "form"]), initial: "json",
        meaning: "what the body is, and how values are escaped in it")
    case .smsHTTPBody:
      .init(
        form: .text, isSecret: true,
        meaning:
          "the body with its places: `{number}`, `{text}`, `{key}`, `{minutes}`, `{receipt}`")
    default:
      .init(
        form: .text,
        meaning:
          "what a JSON answer must hold, as `messages.0.status=accepted`; else the status tells")
    }
  }

  /// Keys for sending e-mail.
  var mailSetting: Setting {
    switch self {
    case .mailHost: .init(form: .text, initial: "127.0.0.1", meaning: "mail relay")
    case .mailPort: .init(form: .port, initial: "587", meaning: "its port")
    case .mailSecurity:
      .init(
        form: .choice(["none", "starttls", "tls"]), initial: "starttls",
        meaning: "starttls must succeed")
    case .mailUsername: .init(form: .text, meaning: "user at the relay")
    case .mailPassword: .init(form: .text, isSecret: true, meaning: "its password")
    case .mailTimeout:
      .init(
        form: .duration(1...50), initial: "30s", meaning: "longest time that an e-mail may take")
    case .mailConcurrency:
      .init(form: .count(1...50), initial: "4", meaning: "connections to the relay")
    case .mailRate:
      .init(
        form: .count(0...10_000), initial: "0", meaning: "e-mails a second at most; 0 sets no limit"
      )
    case .mailFrom: .init(form: .address, isRequired: true, meaning: "sender of e-mails")
    default: .init(form: .address, meaning: "where answers go; to the sender without it")
    }
  }
}
