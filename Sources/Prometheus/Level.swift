internal import CoreMetrics
internal import Synchronization

/// A counter or a gauge.
///
/// The value is a floating-point number, as in Prometheus. So nothing overflows: whole numbers are
/// exact up to 2⁵³, where a counter of ones stays.
final class Level: Series, CounterHandler, FloatingPointCounterHandler, MeterHandler,
  RecorderHandler
{
  private let value: Mutex<Double>

  init(_ value: Double = 0) { self.value = Mutex(value) }

  var lines: [Line] { [("", "", value.withLock { $0 })] }

  func increment(by amount: Int64) { add(Double(amount), sign: 1) }
  func increment(by amount: Double) { add(amount, sign: 1) }
  func decrement(by amount: Double) { add(amount, sign: -1) }
  func reset() { set(0.0) }
  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { self.value.withLock { $0 = value } }
  func record(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }

  /// A counter never goes back: a negative amount, or NaN, changes nothing.
  private func add(_ amount: Double, sign: Double) {
    guard amount.isFinite, amount > 0 else { return }
    value.withLock { $0 += sign * amount }
  }
}
