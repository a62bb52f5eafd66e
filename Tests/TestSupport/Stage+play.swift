internal import Domain
internal import Hummingbird
internal import HummingbirdTesting
package import Logging
package import WebServer

/// Stories in front of the site.
extension Stage {
  /// A story with one browser that has never been here; it can bring others.
  package func play(
    isDemo: Bool = false, logger: Logger? = nil,
    _ story: @escaping @Sendable (CustomerClient) async throws -> Void
  ) async throws {
    try await application(isDemo: isDemo, logger: logger).test(.router) { client in
      try await story(CustomerClient(client))
    }
  }

  /// A story over a real connection, for what only bytes can say.
  package func playOverWire(
    patience: Patience = Stage.patience,
    connections: Connections = Connections(most: 1000, perNetwork: 1000), logger: Logger? = nil,
    _ story: @escaping @Sendable (Wire) async throws -> Void
  ) async throws {
    let application = try application(
      patience: patience, connections: connections, logger: logger)
    try await application.test(.live) { client in
      guard let port = client.port else { throw NoCode() }
      try await story(Wire(port: port))
    }
  }
}
