internal import Foundation
internal import Glibc
internal import RegisterImport
internal import Synchronization

/// The two files of rejected rows that `--rejects FILE` names: `FILE` with `-customers` and
/// `-policies` before its ending. Only the operator can read them: they hold what customers' rows
/// hold.
///
/// They are opened before anything is read, so that it is told at once if they cannot be. Until the
/// first bytes are written, or ``empty()`` is called, they keep what an earlier import has written:
/// it may be one that is still running.
final class RejectsFile: Sendable {
  private let customers: Part
  private let policies: Part
  private let isEmptied = Mutex(false)

  init(path: String) throws {
    customers = try Part(path: Self.path(path, for: "customers"))
    policies = try Part(path: Self.path(path, for: "policies"))
  }

  func rejected(_ encoding: TextEncoding) -> RegisterReplacement.Rejected {
    RegisterReplacement.Rejected(
      customers: RejectedRows(encoding) { try self.write($0, into: self.customers) },
      policies: RejectedRows(encoding) { try self.write($0, into: self.policies) })
  }

  /// Takes what an earlier import has written out of both, once.
  func empty() throws {
    try isEmptied.withLock { isEmptied in
      if isEmptied { return }
      try customers.empty()
      try policies.empty()
      isEmptied = true
    }
  }

  private func write(_ bytes: [UInt8], into part: Part) throws {
    try empty()
    try part.write(bytes)
  }

  private static func path(_ path: String, for file: String) -> String {
    let url = URL(fileURLWithPath: path)
    let ending = url.pathExtension.isEmpty ? "" : ".\(url.pathExtension)"
    let name = url.deletingPathExtension().lastPathComponent
    return url.deletingLastPathComponent().appendingPathComponent("\(name)-\(file)\(ending)").path
  }
}

extension RejectsFile {
  private struct Part: Sendable {
    let path: String
    private let file: FileHandle

    init(path: String) throws {
      self.path = path
      let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw FileOnDisk.failure(path) }
      file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    func empty() throws {
      // What is no file on a disk, such as a pipe, keeps nothing (EINVAL).
      guard ftruncate(file.fileDescriptor, 0) == 0 || errno == EINVAL else {
        throw FileOnDisk.failure(path)
      }
    }

    func write(_ bytes: [UInt8]) throws {
      do { try file.write(contentsOf: Data(bytes)) } catch {
        throw Failure("\(path) cannot be written.", .unavailable)
      }
    }
  }
}
