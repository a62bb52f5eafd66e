internal import ArgumentParser
internal import Foundation
internal import PersistenceSQLite

struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy the embedded database into a folder of its own, while it is served.",
    discussion: """
      The copy is checked by quick_check and audit verify before its folder gets its name: a \
      folder named *.partial was never finished. PostgreSQL is backed up by its own tools.
      Example: belepo backup /var/backups/belepo/monday
      The keys (secrets.key) are not in it; keep them elsewhere.
      """)

  @Argument(help: "The folder to make; it must not exist.") var folder: String
  @OptionGroup var configuration: ConfigurationOption

  func run() async throws {
    try await reporting {
      let settings = try await configuration.load()
      if let path = Setting.sqlitePath(settings.checkedText(.databaseURL)),
        !FileManager.default.fileExists(atPath: path)
      {
        throw Failure("There is no database at \(path).", .unavailable)
      }
      guard case .sqlite(let store) = try await settings.openDatabase() else {
        throw Failure(
          "PostgreSQL is backed up by its own tools (docs/operations/backup.md).", .configuration)
      }
      let made = try await BackupFolder(path: folder).make(from: store, settings)
      try store.close()
      StandardOutput.write(
        "\(folder): \(made.bytes) bytes, schema \(made.schema), "
          + "as it was at \(made.madeAt.ISO8601Format())\n")
    }
  }
}
