package import Domain
internal import Persistence

/// The two kinds of place where a story can play.
extension Stage {
  package enum Ground: CaseIterable, Sendable {
    /// One connection for everybody.
    case memory
    /// A file, where readers and the writer work at the same time.
    case file
  }

  /// A story that must end alike on either ground.
  package static func play(
    on ground: Ground, limits: Limits = Limits(), _ story: (Stage) async throws -> Void
  ) async throws {
    switch ground {
    case .memory:
      try await story(try await Stage(limits: limits))
    case .file:
      try await ScratchFolder.use { file in
        let stage = try await Stage(limits: limits, file: file)
        defer { try? stage.store.close() }
        try await story(stage)
      }
    }
  }
}
