package import FoundationEssentials

/// A part of our work that is over, as a trace shows it.
///
/// Every word in it is one of the program's own, so that nothing personal can get in (R8).
package struct Span: Hashable, Sendable {
  /// Who began it (OpenTelemetry's span kinds, those that we have).
  package enum Kind: Hashable, Sendable {
    /// Somebody asked us.
    case server
    /// We asked somebody: a database, a gateway.
    case client
  }

  package enum Value: Hashable, Sendable {
    case text(String)
    case number(Int)
  }

  package let place: SpanPlace
  package let name: String
  package let kind: Kind
  package let start: Date
  package let duration: Duration
  /// By the names of OpenTelemetry's conventions, or ours, which begin with `belepo.`.
  package let attributes: [String: Value]
  package let isFailed: Bool

  package init(
    place: SpanPlace, name: String, kind: Kind, start: Date, duration: Duration,
    attributes: [String: Value] = [:], isFailed: Bool = false
  ) {
    self.place = place
    self.name = name
    self.kind = kind
    self.start = start
    self.duration = duration
    self.attributes = attributes
    self.isFailed = isFailed
  }
}
