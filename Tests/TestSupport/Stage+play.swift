internal import Domain
internal import Hummingbird
internal import HummingbirdTesting

/// Stories in front of the site.
extension Stage {
  /// A story with one browser that has never been here; it can bring others.
  package func play(
    isDemo: Bool = false, _ story: @escaping @Sendable (CustomerClient) async throws -> Void
  ) async throws {
    try await application(isDemo: isDemo).test(.router) { client in
      try await story(CustomerClient(client))
    }
  }

  /// A story over a real connection, for what only bytes can say.
  package func playOverWire(
    _ story: @escaping @Sendable (Wire) async throws -> Void
  ) async throws {
    try await application().test(.live) { client in
      guard let port = client.port else { throw NoCode() }
      try await story(Wire(port: port))
    }
  }
}
