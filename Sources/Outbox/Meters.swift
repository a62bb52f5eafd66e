internal import Metrics

/// What operators see of a channel in figures.
struct Meters: Sendable {
  private let results: [Message.State: Counter]
  private let gateways: [String: OfGateway]

  private struct OfGateway: Sendable {
    let answers: [String: Counter]
    let time: Timer
    let isOpen: Gauge
  }

  private enum Word {
    static let taken = "taken"
    static let temporary = "temporary"
    static let permanent = "permanent"
    static let unknown = "unknown"
    static let all = [taken, temporary, permanent, unknown]
  }

  init(channel: Message.Channel, gateways names: [String], _ factory: any MetricsFactory) {
    var results: [Message.State: Counter] = [:]
    for state in [Message.State.sent, .expired, .failed] {
      results[state] = Counter(
        label: "belepo_message_results_total",
        dimensions: [("channel", channel.rawValue), ("result", state.rawValue)], factory: factory)
    }
    self.results = results
    var gateways: [String: OfGateway] = [:]
    for name in names {
      let counters = Word.all.map { word in
        (
          word,
          Counter(
            label: "belepo_gateway_answers_total",
            dimensions: [("gateway", name), ("answer", word)], factory: factory)
        )
      }
      gateways[name] = OfGateway(
        answers: Dictionary(uniqueKeysWithValues: counters),
        time: Timer(
          label: "belepo_gateway_seconds", dimensions: [("gateway", name)],
          preferredDisplayUnit: .seconds, factory: factory),
        isOpen: Gauge(
          label: "belepo_gateway_open", dimensions: [("gateway", name)], factory: factory))
      gateways[name]?.isOpen.record(0)
    }
    self.gateways = gateways
  }

  func count(_ result: Message.State) {
    results[result]?.increment()
  }

  /// What a gateway's answer is called; `nil` is that it has taken the message.
  static func word(for refusal: Gateway.Refusal?) -> String {
    switch refusal {
    case nil: Word.taken
    case .temporary: Word.temporary
    case .permanent: Word.permanent
    case .unknown: Word.unknown
    }
  }

  func count(_ refusal: Gateway.Refusal?, of gateway: String, in time: Duration) {
    let word = Meters.word(for: refusal)
    gateways[gateway]?.answers[word]?.increment()
    gateways[gateway]?.time.record(duration: time)
  }

  func set(isOpen: Bool, _ gateway: String) {
    gateways[gateway]?.isOpen.record(isOpen ? 1 : 0)
  }
}
