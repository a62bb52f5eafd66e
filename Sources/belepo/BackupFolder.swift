internal import Accounts
internal import Cryptography
internal import DatabaseSchema
internal import Foundation
internal import Glibc
internal import Persistence
internal import PersistenceSQLite

/// A backup of the embedded database: the database as one file, and what is known about it.
struct BackupFolder {
  let path: String

  /// What a backup says of itself, so that a restore knows whether it is whole.
  struct Manifest: Codable, Equatable {
    let madeAt: Date
    let program: String
    let schema: Int
    let bytes: Int
    let sha256: String
  }

  var database: String { path + "/belepo.sqlite" }
  private var note: String { path + "/backup.json" }

  // MARK: Making

  /// Copies, checks, and gives the folder its name at the end: what is interrupted keeps the name
  /// of something unfinished.
  ///
  /// - Throws: ``Failure`` when the folder exists or the copy is not sound.
  func make(from store: SQLiteStore, _ settings: Settings) async throws -> Manifest {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw Failure("\(path) exists already.", .badData)
    }
    let partial = BackupFolder(path: path + ".partial")
    // What an interrupted one has left behind.
    try? FileManager.default.removeItem(atPath: partial.path)
    try BackupFolder.work("\(path) cannot be written") {
      try FileManager.default.createDirectory(
        atPath: partial.path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
    let madeAt = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
    try store.backUp(to: partial.database)
    let copy = try SQLiteStore(path: partial.database)
    try await BackupFolder.mustBeSound(copy, settings)
    let schema = try await Schema.number(of: copy)
    try copy.close()
    try SQLiteStore.standAlone(partial.database)
    let (bytes, hash) = try Self.hash(of: partial.database)
    let manifest = Manifest(
      madeAt: madeAt, program: Version.number, schema: schema, bytes: bytes, sha256: hash)
    try BackupFolder.work("\(path) cannot be written") {
      try Self.coder.encode(manifest).write(to: URL(fileURLWithPath: partial.note))
    }
    for file in [partial.database, partial.note, partial.path] { try FileOnDisk.sync(file) }
    try FileOnDisk.rename(partial.path, to: path)
    return manifest
  }

  // MARK: Reading

  /// What the backup says of itself, when its file still is what it was.
  func manifest() throws -> Manifest {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    guard let data = FileManager.default.contents(atPath: note),
      let manifest = try? decoder.decode(Manifest.self, from: data)
    else {
      throw Failure("\(path) is no finished backup: it has no backup.json.", .badData)
    }
    let (bytes, hash) = try Self.hash(of: database)
    guard (bytes, hash) == (manifest.bytes, manifest.sha256) else {
      throw Failure("\(database) is not what was backed up: its hash differs.", .badData)
    }
    return manifest
  }

  /// Whether a database is whole (`quick_check`) and says what was said (`audit verify`).
  static func mustBeSound(_ store: SQLiteStore, _ settings: Settings) async throws {
    switch try await store.quickCheck(within: mostSeconds) {
    case .sound: break
    case .damaged(let words):
      throw Failure("The database is damaged; SQLite says: \(words)", .badData)
    case .unfinished: throw Failure("The database could not be checked in a day.", .unavailable)
    }
    switch try await Schema.belepo.fit(of: store) {
    case .fits: break
    // Only a program of that time can read its seals; the next one that serves it brings it here.
    case .tooOld(let found, _) where found > 0: return
    case .tooOld, .tooNew:
      throw Failure("The database is none of this program's.", .badData)
    }
    let verification = AuditVerification(
      store: store, now: { Date() }, limits: settings.limits)
    switch try await verification.verify() {
    // Rows of an old backup were not sealed yet; they are with the next start.
    case .sound, .overdue: break
    case .broken(let sentence): throw Failure(sentence, .badData)
    }
  }

  /// No file is so large that its check takes longer.
  private static let mostSeconds = 86_400.0

  private static var coder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return encoder
  }

  private static func hash(of path: String) throws -> (bytes: Int, sha256: String) {
    try work("\(path) cannot be read") {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      var (bytes, hash) = (0, SHA256Stream())
      while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
        bytes += piece.count
        hash.add(Array(piece))
      }
      return (bytes, hexadecimal(hash.finish()))
    }
  }

  static func work<Result>(_ sentence: String, _ work: () throws -> Result) throws -> Result {
    do { return try work() } catch let error as CocoaError {
      throw Failure("\(sentence): \(error.localizedDescription)", .unavailable)
    }
  }
}

/// What has to reach the disk in an order.
enum FileOnDisk {
  static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(path) }
  }

  /// Renames, and makes sure that the new name outlives a power cut.
  static func rename(_ path: String, to name: String) throws {
    guard Glibc.rename(path, name) == 0 else { throw failure(name) }
    try sync(URL(fileURLWithPath: name).deletingLastPathComponent().path)
  }

  static func failure(_ path: String) -> Failure {
    Failure("\(path): \(String(cString: strerror(errno)))", .unavailable)
  }
}
