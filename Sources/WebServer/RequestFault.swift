package import HTTPTypes

/// Why the rest of a request never came; who reads its body is told so.
package enum RequestFault: Error, Hashable, Sendable {
  /// It took longer than anybody's network needs.
  case tooSlow
  case tooLarge
  /// The other end went away in the middle.
  case brokenOff

  package var status: HTTPResponse.Status {
    switch self {
    case .tooSlow: .requestTimeout
    case .tooLarge: .contentTooLarge
    case .brokenOff: .badRequest
    }
  }
}

/// Says on a connection that the body of its request is wanted, so that a client that asked for
/// leave (`Expect: 100-continue`) is given it, and one whose request is refused is not.
package struct BodyWanted: Sendable {
  package init() {}
}
