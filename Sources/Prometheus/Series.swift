/// The metric with one name and one set of labels.
protocol Series: AnyObject, Sendable {
  /// What follows the name, a label besides those of the series, and the value.
  typealias Line = (suffix: String, label: String, value: Double)

  var lines: [Line] { get }
}
