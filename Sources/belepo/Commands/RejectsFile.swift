internal import Foundation
internal import Glibc
internal import RegisterImport

/// The two files of rejected rows that `--rejects FILE` names: `FILE` with `-customers` and
/// `-policies` before its ending. Only the operator can read them: they hold what customers' rows
/// hold.
struct RejectsFile {
  let path: String

  func open(_ encoding: TextEncoding) throws -> RegisterReplacement.Rejected {
    let customers = try writer(of: path(for: "customers"))
    let policies = try writer(of: path(for: "policies"))
    return RegisterReplacement.Rejected(
      customers: RejectedRows(encoding, write: customers),
      policies: RejectedRows(encoding, write: policies))
  }

  func path(for file: String) -> String {
    let url = URL(fileURLWithPath: path)
    let ending = url.pathExtension.isEmpty ? "" : ".\(url.pathExtension)"
    let name = url.deletingPathExtension().lastPathComponent
    return url.deletingLastPathComponent().appendingPathComponent("\(name)-\(file)\(ending)").path
  }

  private func writer(of path: String) throws -> @Sendable ([UInt8]) throws -> Void {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Failure("\(path): \(String(cString: strerror(errno)))", .unavailable)
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    return { bytes in
      do { try file.write(contentsOf: Data(bytes)) } catch {
        throw Failure("\(path) cannot be written.", .unavailable)
      }
    }
  }
}
