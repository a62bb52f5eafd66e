package import CoreMetrics
internal import Synchronization

/// Keeps what the program counts, and prints it in Prometheus' text format, version 0.0.4.
///
/// Gauges and meters are gauges, timers histograms of seconds, recorders that aggregate summaries
/// of number and sum. A malformed name, or one with two types, is a mistake of ours and stops the
/// program. Label values come from a small set, never from what people type: all are kept.
package final class PrometheusRegistry: MetricsFactory, Sendable {
  private struct Contents {
    var families: [String: Family] = [:]
    var helps: [String: String] = [:]

    func family(_ name: String, _ type: Family.Kind) -> Family {
      let family = families[name] ?? Family(name, type)
      precondition(family.type == type, "\(name) is a \(family.type) and cannot be a \(type)")
      return family
    }
  }

  private let contents = Mutex(Contents())

  package init() {}

  /// What the metric of that name means to an operator, in one sentence.
  package func describe(_ name: String, _ help: String) {
    contents.withLock { $0.helps[name] = help }
  }

  /// Everything that is known, ordered by name and labels.
  ///
  /// A sample replaces a series with the same name and labels.
  package func text(with samples: [PrometheusSample] = []) -> String {
    var contents = contents.withLock { $0 }
    for sample in samples {
      var family = contents.family(sample.name, sample.type == .counter ? .counter : .gauge)
      family.series[Family.labels(sample.labels)] = Level(sample.value)
      contents.families[sample.name] = family
      contents.helps[sample.name] = sample.help
    }
    return contents.families.sorted { $0.key < $1.key }
      .map { $1.text(help: contents.helps[$0]) }.joined()
  }

  /// The series with that name and these labels: the existing one, or a new one.
  private func series<S: Series>(
    _ type: Family.Kind, _ name: String, _ labels: [(String, String)], _ new: () -> S
  ) -> S {
    let labels = Family.labels(labels)
    return contents.withLock { contents in
      var family = contents.family(name, type)
      if let known = family.series[labels] as? S { return known }
      let series = new()
      family.series[labels] = series
      contents.families[name] = family
      return series
    }
  }

  // MARK: What Metrics asks for

  package func makeCounter(
    label: String, dimensions: [(String, String)]
  ) -> any CounterHandler {
    series(.counter, label, dimensions) { Level() }
  }

  package func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    series(.counter, label, dimensions) { Level() }
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(.gauge, label, dimensions) { Level() }
  }

  package func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    guard aggregate else { return series(.gauge, label, dimensions) { Level() } }
    return series(.summary, label, dimensions) { Distribution(borders: []) }
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(.histogram, label, dimensions) { Distribution(borders: Distribution.seconds) }
  }

  // To a reader, a counter that disappears looks like a restart, so nothing is removed.
  package func destroyCounter(_ handler: any CounterHandler) {}
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  package func destroyTimer(_ handler: any TimerHandler) {}
}
