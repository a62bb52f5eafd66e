internal import Accounts
internal import Cryptography
internal import Foundation
internal import Persistence
internal import RegisterImport

/// What the demo needs besides the program: made-up customers, keys of its own, a greeting.
enum Demo {
  /// Fills an empty register with the sample that ships with Belépő.
  static func fillRegister(_ store: some Store, now: @escaping @Sendable () -> Date) async throws {
    let replacement = RegisterReplacement(
      store: store, now: now, onReplacement: { try $0.accountsFollowRegister(after: $1, at: $2) })
    guard try await !replacement.hasHappened() else { return }
    let folder = Bundle.module.bundleURL.appendingPathComponent("SampleRegister")
    let report = try await replacement.run(
      customers: FileChunks(path: folder.appendingPathComponent("customers.csv").path),
      policies: FileChunks(path: folder.appendingPathComponent("policies.csv").path))
    guard report.isReplaced else {
      throw Failure("The sample register was refused: \(report.text)")
    }
  }

  /// Tells a new user where to go and which customers to try.
  static func greeting(port: String, managementPort: String) -> String {
    """

    Belépő is running: a demo with made-up customers. It sends nothing.

      the site        http://localhost:\(port)/
      the messages    http://localhost:\(port)/demo/uzenetek
      health          http://localhost:\(managementPort)/readyz

    Three customers to try (number on the page, then the mobile number):

      Kovács Anna     policy number    LA-2023-004512   mobile 06 30 123 4567
      Nagy Péter      policy number    GF-2024-118203   mobile 06 20 234 5678
      Szabó Eszter    customer number  A1B2C34          mobile 06 70 345 6789

    The codes are on the page of the messages. Stop with Ctrl-C.


    """
  }
}

/// A demo's keys, made once and kept beside its database, so that a restart ends no registration.
enum DemoKeys {
  static func load(beside database: String) throws -> SecretKeys {
    let path = database + ".key"
    if let text = try? String(contentsOfFile: path, encoding: .utf8),
      let keys = try? SecretKeys(list: text.trimmingCharacters(in: .whitespacesAndNewlines))
    {
      return keys
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let bytes = RandomBytes.system(SecretKeys.minimumBytes)
    let text = Data(bytes).base64EncodedString()
    guard
      FileManager.default.createFile(
        atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    else { throw Failure("\(path) cannot be written.") }
    return try SecretKeys([bytes])
  }
}
