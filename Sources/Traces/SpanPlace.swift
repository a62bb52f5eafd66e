/// Where a span stands: in which trace, and as a part of which other span.
package struct SpanPlace: Hashable, Sendable {
  /// 32 hexadecimal digits.
  package let trace: String
  /// The span's own number, 16 hexadecimal digits.
  package let id: String
  /// Of whom it is a part; `nil` for the first of its trace.
  package let parent: String?

  package init(trace: String, id: String, parent: String?) {
    self.trace = trace
    self.id = id
    self.parent = parent
  }
}
