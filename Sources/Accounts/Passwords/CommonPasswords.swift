internal import Domain
internal import Foundation

/// The passwords that attackers try first, in lower case, one per line (ASVS 6.2.4).
enum CommonPasswords {
  /// - Throws: when the file that ships with Belépő cannot be read.
  static func load(for policy: PasswordPolicy) throws -> Set<String> {
    let name =
      switch policy {
      case .insurer: "common-passwords.txt"
      case .modern: "common-passwords-modern.txt"
      }
    let file = Bundle.module.bundleURL.appendingPathComponent("CommonPasswords/\(name)")
    let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
    return Set(lines.map { String(decoding: $0, as: UTF8.self) })
  }
}
