internal import Accounts
internal import Cryptography
internal import Outbox
internal import PersistencePostgres
internal import Prometheus
internal import Traces
internal import WebServer

/// What is asked for with `/metrics`, besides what is counted as it happens.
struct Figures: Sendable {
  let readiness: Readiness
  let database: OpenedDatabase
  /// The customers'; a dispatcher has none.
  let connections: Connections?
  /// A dispatcher hashes nothing.
  let hashing: HashingQueue?
  let outbox: OutboxOperations
  /// `nil` where nothing depends on the register.
  let registerAge: RegisterAge?
  /// The insurer's own service; `nil` where the register is imported.
  let register: RegisterConnection?
  /// `nil` where nothing is traced.
  let spans: SpanQueue?

  func samples() async -> [PrometheusSample] {
    var samples = [
      PrometheusSample(
        "belepo_build_info", "The version that runs; always 1.",
        labels: [("version", Version.number)], value: 1),
      PrometheusSample(
        "belepo_ready", "Whether requests may be sent here.", value: readiness.isReady ? 1 : 0),
      PrometheusSample(
        "belepo_log_lines_dropped_total",
        "Lines of the log that were lost because nobody read it fast enough.", type: .counter,
        value: Double(LogStream.standardOutput.dropped)),
    ]
    samples += ofConnections + ofHashing + ofPostgres + ofService + ofTraces
    samples += ProcessFigures.samples()
    // Without the database the rest is still worth reporting.
    return samples + (await ofRegister()) + (await ofMessages())
  }

  private var ofConnections: [PrometheusSample] {
    guard let (open, refused, displaced) = connections?.figures else { return [] }
    return [
      PrometheusSample(
        "belepo_connections", "Connections of customers that are open.", value: Double(open)),
      PrometheusSample(
        "belepo_connections_refused_total", "Connections that found no place.", type: .counter,
        value: Double(refused)),
      PrometheusSample(
        "belepo_connections_displaced_total",
        "Idle connections that were closed because another needed their place.", type: .counter,
        value: Double(displaced)),
    ]
  }

  private var ofHashing: [PrometheusSample] {
    guard let figures = hashing?.figures else { return [] }
    return [
      PrometheusSample(
        "belepo_hashing_running", "Password hashes that are being computed.",
        value: Double(figures.running)),
      PrometheusSample(
        "belepo_hashing_waiting", "Password hashes that wait for a core.",
        value: Double(figures.waiting)),
      PrometheusSample(
        "belepo_hashes_total", "Password hashes that were computed.", type: .counter,
        value: Double(figures.done)),
      PrometheusSample(
        "belepo_hashes_refused_total",
        "Password hashes that found the queue full: somebody was answered 503.", type: .counter,
        value: Double(figures.refused)),
    ]
  }

  private var ofPostgres: [PrometheusSample] {
    guard case .postgres(let store, _) = database else { return [] }
    let total = store.traffic.total
    return [
      PrometheusSample(
        "belepo_database_statements_total",
        "Statements sent to PostgreSQL, beginnings and ends of transactions among them.",
        type: .counter, value: Double(total.statements)),
      PrometheusSample(
        "belepo_database_round_trips_total", "Times that PostgreSQL was waited for.",
        type: .counter, value: Double(total.roundTrips)),
    ]
  }

  private var ofTraces: [PrometheusSample] {
    guard let spans else { return [] }
    return [
      PrometheusSample(
        "belepo_spans_dropped_total",
        "Spans of traces that were lost: the collector was away too long, or refused them.",
        type: .counter, value: Double(spans.dropped))
    ]
  }

  private var ofService: [PrometheusSample] {
    guard let register else { return [] }
    return [
      PrometheusSample(
        "belepo_register_service_resting",
        "Whether the register service keeps failing and is given a rest.",
        value: register.isResting ? 1 : 0)
    ]
  }

  private func ofRegister() async -> [PrometheusSample] {
    guard case .present(let age?)? = try? await registerAge?.state() else { return [] }
    return [
      PrometheusSample(
        "belepo_register_age_seconds", "Time since the register was replaced.",
        value: Double(age))
    ]
  }

  private func ofMessages() async -> [PrometheusSample] {
    let waiting = (try? await outbox.waiting()) ?? []
    return waiting.flatMap { waiting in
      let channel = ("channel", waiting.channel.rawValue)
      return [
        PrometheusSample(
          "belepo_messages", "Messages that wait, by channel and state.",
          labels: [channel, ("state", "queued")], value: Double(waiting.queued)),
        PrometheusSample(
          "belepo_messages", "Messages that wait, by channel and state.",
          labels: [channel, ("state", "leased")], value: Double(waiting.leased)),
        PrometheusSample(
          "belepo_message_oldest_seconds", "Age of the oldest message that waits.",
          labels: [channel], value: waiting.oldestSeconds),
      ]
    }
  }
}
