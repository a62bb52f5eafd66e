internal import Accounts
internal import ArgumentParser
internal import DatabaseSchema
internal import Foundation
internal import Persistence
internal import PersistenceSQLite

struct Restore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put a backup in the place of the embedded database, and end what it would revive.",
    discussion: """
      No server may have the database open. Sessions, registrations and codes of the backup are \
      ended and messages that wait are taken back. The database that was there is kept beside it.
      After PostgreSQL was restored by its own tools: belepo restore --settle
      """)

  @Argument(help: "The folder that belepo backup has made.") var folder: String?
  @Flag(help: "Only end what the configured database would revive.") var settle = false
  @OptionGroup var staff: StaffOption
  @OptionGroup var configuration: ConfigurationOption

  func validate() throws {
    guard (folder == nil) == settle else {
      throw ValidationError("Name the folder of a backup, or say --settle.")
    }
  }

  func run() async throws {
    try await reporting {
      let settings = try await configuration.load()
      if let folder {
        try await restore(BackupFolder(path: folder), settings)
      } else {
        let database = try await settings.openCurrentDatabase()
        tell(
          try await Restoration(store: database.store, now: try await database.clock())
            .settle(by: try staff.act))
        try database.store.close()
      }
    }
  }

  private func restore(_ backup: BackupFolder, _ settings: Settings) async throws {
    guard let path = Setting.sqlitePath(settings.checkedText(.databaseURL)) else {
      throw Failure(
        "PostgreSQL is restored by its own tools (docs/operations/backup.md), then: "
          + "belepo restore --settle", .configuration)
    }
    let act = try staff.act
    let made = try backup.manifest()
    let place = RestoredFile(path: path)
    // Before the long work: whoever serves has to be stopped first.
    try place.mustBeFree()
    try place.copy(backup.database)
    let store = try SQLiteStore(path: place.new)
    try await BackupFolder.mustBeSound(store, settings)
    // A backup of an older program is brought to this one's schema, as a start would.
    _ = try await Schema.belepo.migrate(store, at: Date())
    let ended = try await Restoration(store: store, now: { Date() }).settle(by: act)
    try store.close()
    try SQLiteStore.standAlone(place.new)
    let kept = try place.put()
    StandardOutput.write("restored as it was at \(made.madeAt.ISO8601Format())\n")
    if let kept { StandardOutput.write("what was there before: \(kept)\n") }
    tell(ended)
  }

  private func tell(_ ended: Restoration.Ended) {
    StandardOutput.write(
      "ended: \(ended.sessions) sessions; taken back: \(ended.messages) messages\n")
  }
}
