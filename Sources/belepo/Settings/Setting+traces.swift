extension SettingKey {
  /// Where spans of our work are sent.
  var tracesSetting: Setting {
    switch self {
    case .tracesURL:
      .init(
        form: .url,
        meaning: "collector of traces that takes OTLP/HTTP with JSON, such as "
          + "`http://127.0.0.1:4318/v1/traces`; without it nothing is traced")
    case .tracesHeaders:
      .init(
        form: .text, isSecret: true,
        meaning: "a line `Name: value` each, such as a token that it wants")
    default:
      .init(
        form: .count(0...100), initial: "100",
        meaning: "per cent of the requests and messages that are traced; a request with a "
          + "`traceparent` as that says")
    }
  }
}
