internal import Accounts
internal import ArgumentParser
internal import Foundation
internal import Persistence
internal import PersistenceSQLite

/// `--config`, which all commands share.
struct ConfigurationOption: ParsableArguments {
  @Option(name: .customLong("config"), help: "The YAML file of the configuration.")
  var file: String?

  func load(isServing: Bool = false) async throws -> Settings {
    try await Settings.load(
      environment: ProcessInfo.processInfo.environment, file: file, isServing: isServing)
  }
}

extension Settings {
  /// Opens the configured database.
  func openStore() throws -> SQLiteStore {
    guard let path = Setting.sqlitePath(checkedText(.databaseURL)) else {
      throw Failure("database.url names no engine of this version.", .configuration)
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return try SQLiteStore(path: path)
  }

  /// Opens the configured database with the schema of this program.
  ///
  /// The embedded database belongs to this program alone, so that missing steps are simply taken.
  func openCurrentStore() async throws -> SQLiteStore {
    let store = try openStore()
    if case .tooNew(let found, let known) = try await Schema.belepo.fit(of: store) {
      throw Failure(
        "The database has schema \(found); this program knows \(known). Use the newer program.",
        .configuration)
    }
    _ = try await Schema.belepo.migrate(store, at: Date())
    return store
  }
}
