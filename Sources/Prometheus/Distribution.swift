internal import CoreMetrics
internal import Synchronization

/// The distribution of values: a histogram, or without bounds only their number and sum.
final class Distribution: Series, TimerHandler, RecorderHandler {
  /// From an answer out of memory to a gateway that times out.
  static let seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

  private let borders: [Double]
  /// How many values are within each bound and above the previous one, the last without a bound.
  private let state: Mutex<(counts: [UInt64], sum: Double)>

  init(borders: [Double]) {
    self.borders = borders
    state = Mutex((Array(repeating: 0, count: borders.count + 1), 0))
  }

  /// A clock that was set back does not make a negative time.
  func recordNanoseconds(_ duration: Int64) { record(Double(max(0, duration)) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }

  /// NaN would spoil the sum for good, and is left out.
  func record(_ value: Double) {
    guard value.isFinite else { return }
    let place = borders.firstIndex { value <= $0 } ?? borders.count
    state.withLock { state in
      // Wraps rather than stop the program, after more values than anyone can record.
      state.counts[place] &+= 1
      state.sum += value
    }
  }

  var lines: [Line] {
    let (counts, sum) = state.withLock { $0 }
    let ends: [Line] = [("_sum", "", sum), ("_count", "", Double(counts.reduce(0, &+)))]
    guard !borders.isEmpty else { return ends }
    var count: UInt64 = 0
    return zip(borders + [.infinity], counts).map { border, more in
      count &+= more
      return ("_bucket", "le=\"\(Family.number(border))\"", Double(count))
    } + ends
  }
}
