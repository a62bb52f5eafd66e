import Metrics
import Prometheus
import Testing

/// What the program counts, as an operator's Prometheus reads it.
struct PrometheusTests {
  private let registry = PrometheusRegistry()

  private func answers(_ labels: [(String, String)] = []) -> Counter {
    Counter(label: "answers_total", dimensions: labels, factory: registry)
  }

  // MARK: The form

  @Test func `nothing counted is nothing told`() {
    registry.describe("answers_total", "Answers of gateways.")
    #expect(registry.text() == "")
  }

  @Test func `names and labels come in their order, each name with its help and type once`() {
    registry.describe("answers_total", "Answers of gateways.")
    Gauge(label: "waiting", factory: registry).record(3)
    answers([("gateway", "kannel"), ("answer", "taken")]).increment(by: 2)
    answers([("gateway", "http"), ("answer", "unknown")]).increment()
    answers().increment(by: 0)
    #expect(
      registry.text() == """
        # HELP answers_total Answers of gateways.
        # TYPE answers_total counter
        answers_total 0
        answers_total{answer="taken",gateway="kannel"} 2
        answers_total{answer="unknown",gateway="http"} 1
        # TYPE waiting gauge
        waiting 3

        """)
    #expect(registry.text() == registry.text())
  }

  @Test func `the same labels in another order are the same series`() {
    answers([("gateway", "kannel"), ("answer", "taken")]).increment()
    answers([("answer", "taken"), ("gateway", "kannel")]).increment()
    #expect(registry.text().contains("answers_total{answer=\"taken\",gateway=\"kannel\"} 2\n"))
  }

  @Test(arguments: [
    ("back\\slash", #"back\\slash"#), ("a \"quote\"", #"a \"quote\""#),
    ("two\nlines", #"two\nlines"#), ("two\r\nlines", "two\r\\nlines"), ("\"\u{301}", "\\\"\u{301}"),
    (#"\n"#, #"\\n"#),
    ("árvíztűrő 😀 {}=,", "árvíztűrő 😀 {}=,"), ("", ""),
  ])
  func `a label's value stays in its quotes`(value: String, written: String) {
    answers([("answer", value)]).increment()
    #expect(
      registry.text() == "# TYPE answers_total counter\nanswers_total{answer=\"\(written)\"} 1\n")
  }

  @Test func `a help stays on its line, and has its quotes as they are`() {
    registry.describe("answers_total", "One\\two\r\n\"three\".")
    answers().increment()
    #expect(registry.text().hasPrefix("# HELP answers_total One\\\\two\r\\n\"three\".\n# TYPE"))
  }

  @Test(arguments: [
    (0, "0"), (-0.0, "0"), (0.25, "0.25"), (-3, "-3"), (1e15, "1000000000000000"),
    (1e300, "1e+300"), (5e-7, "5e-07"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
  ])
  func `numbers are written as Prometheus reads them`(number: Double, written: String) {
    Gauge(label: "level", factory: registry).record(number)
    #expect(registry.text() == "# TYPE level gauge\nlevel \(written)\n")
  }

  // MARK: What is counted

  @Test func `a counter never goes back, save when it is reset`() {
    let counter = answers()
    counter.increment(by: 5)
    counter.increment(by: -3)
    #expect(registry.text().hasSuffix("answers_total 5\n"))
    counter.reset()
    #expect(registry.text().hasSuffix("answers_total 0\n"))
  }

  @Test func `a counter that is full does not stop the program`() {
    let counter = answers()
    for _ in 0..<3 { counter.increment(by: Int64.max) }
    #expect(registry.text().hasSuffix("answers_total 2.7670116110564327e+19\n"))
  }

  @Test func `fractions are counted, and what is no number is not`() {
    let counter = FloatingPointCounter(label: "cost_total", factory: registry)
    for amount in [0.25, 0.5, .nan, .infinity, -1] { counter.increment(by: amount) }
    #expect(registry.text() == "# TYPE cost_total counter\ncost_total 0.75\n")
  }

  @Test func `a meter goes up and down`() {
    let meter = Meter(label: "sending", factory: registry)
    meter.set(4)
    meter.increment()
    meter.decrement(by: 2.5)
    #expect(registry.text() == "# TYPE sending gauge\nsending 2.5\n")
  }

  @Test func `a recorder that aggregates tells how many and how much`() {
    let recorder = Recorder(label: "letters", factory: registry)
    recorder.record(20)
    recorder.record(1.5)
    recorder.record(Double.nan)
    #expect(registry.text() == "# TYPE letters summary\nletters_sum 21.5\nletters_count 2\n")
  }

  @Test func `a timer counts each time up to every border it does not pass`() {
    let timer = Timer(
      label: "gateway_seconds", dimensions: [("gateway", "kannel")], factory: registry)
    for milliseconds in [0, 5, 6, 100, 30_000, 30_001] { timer.recordMilliseconds(milliseconds) }
    timer.recordNanoseconds(-1)
    let cumulative = [
      ("0.005", 3), ("0.01", 4), ("0.025", 4), ("0.05", 4), ("0.1", 5), ("0.25", 5), ("0.5", 5),
      ("1", 5), ("2.5", 5), ("5", 5), ("10", 5), ("30", 6), ("+Inf", 7),
    ]
    let buckets = cumulative.map {
      "gateway_seconds_bucket{gateway=\"kannel\",le=\"\($0)\"} \($1)\n"
    }
    #expect(
      registry.text() == "# TYPE gateway_seconds histogram\n" + buckets.joined()
        + "gateway_seconds_sum{gateway=\"kannel\"} 60.112\n"
        + "gateway_seconds_count{gateway=\"kannel\"} 7\n")
  }

  @Test func `the longest time fits`() {
    let timer = Timer(label: "gateway_seconds", factory: registry)
    for _ in 0..<2 { timer.recordSeconds(Int64.max) }
    #expect(registry.text().contains("gateway_seconds_bucket{le=\"30\"} 0\n"))
    #expect(registry.text().contains("gateway_seconds_bucket{le=\"+Inf\"} 2\n"))
  }

  @Test func `what is no longer used is told all the same`() {
    let counter = answers()
    counter.increment()
    counter.destroy()
    #expect(registry.text().hasSuffix("answers_total 1\n"))
  }

  // MARK: Many at once

  @Test func `of eight times ten thousand none is lost`() async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let timer = Timer(label: "gateway_seconds", factory: registry)
          let fraction = FloatingPointCounter(label: "cost_total", factory: registry)
          let counter = answers([("answer", "taken")])
          for _ in 0..<10_000 {
            counter.increment()
            fraction.increment(by: 0.5)
            timer.recordMilliseconds(500)
          }
        }
      }
    }
    let text = registry.text()
    #expect(text.contains("answers_total{answer=\"taken\"} 80000\n"))
    #expect(text.contains("cost_total 40000\n"))
    #expect(text.contains("gateway_seconds_bucket{le=\"0.25\"} 0\n"))
    #expect(text.contains("gateway_seconds_bucket{le=\"0.5\"} 80000\n"))
    #expect(text.contains("gateway_seconds_sum 40000\ngateway_seconds_count 80000\n"))
  }

  // MARK: Values of the moment

  @Test func `samples stand among the others, and are gone the next time`() {
    answers().increment()
    let text = registry.text(with: [
      PrometheusSample(
        "messages", "Messages that wait.", labels: [("state", "queued"), ("channel", "sms")],
        value: 7),
      PrometheusSample("statements_total", "Statements.", type: .counter, value: 12),
      PrometheusSample("messages", "Messages that wait.", labels: [("channel", "email")], value: 0),
    ])
    #expect(
      text == """
        # TYPE answers_total counter
        answers_total 1
        # HELP messages Messages that wait.
        # TYPE messages gauge
        messages{channel="email"} 0
        messages{channel="sms",state="queued"} 7
        # HELP statements_total Statements.
        # TYPE statements_total counter
        statements_total 12

        """)
    #expect(registry.text() == "# TYPE answers_total counter\nanswers_total 1\n")
  }

  @Test func `a sample takes the place of a series and does not change it`() {
    answers().increment()
    let text = registry.text(with: [
      PrometheusSample("answers_total", "Answers.", type: .counter, value: 9)
    ])
    #expect(text.hasSuffix("# TYPE answers_total counter\nanswers_total 9\n"))
    #expect(registry.text() == "# TYPE answers_total counter\nanswers_total 1\n")
  }

  // MARK: Mistakes of ours

  @Test(arguments: ["", "gateway.seconds", "2nd", "a b", "ű", "a\n", "a\u{301}", "a:b"])
  func `a malformed name stops the program`(name: String) async {
    await #expect(processExitsWith: .failure) { [name] in
      _ = Counter(label: name, factory: PrometheusRegistry())
    }
  }

  @Test(arguments: ["", "le", "quantile", "__name", "a:b", "a.b", "1a", "le\n"])
  func `a malformed label stops the program`(label: String) async {
    await #expect(processExitsWith: .failure) { [label] in
      _ = Counter(label: "a", dimensions: [(label, "")], factory: PrometheusRegistry())
    }
  }

  @Test func `a label that stands twice stops the program`() async {
    await #expect(processExitsWith: .failure) {
      _ = Counter(label: "a", dimensions: [("b", "1"), ("b", "2")], factory: PrometheusRegistry())
    }
  }

  @Test func `a name with two types stops the program`() async {
    await #expect(processExitsWith: .failure) {
      let registry = PrometheusRegistry()
      _ = Counter(label: "a", factory: registry)
      _ = Gauge(label: "a", factory: registry)
    }
  }

  @Test func `names that only look wrong are fine`() {
    for name in ["_", "Az09_", "le", "__a"] { _ = Counter(label: name, factory: registry) }
    for label in ["_", "Az09_", "less", "lee", "quantiles", "name__"] {
      _ = answers([(label, "")])
    }
    #expect(registry.text().split(separator: "\n").count { !$0.hasPrefix("#") } == 10)
  }
}
