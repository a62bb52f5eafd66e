/// The name that somebody of the staff logs in with, and that the audit trail tells of, such as
/// `kovacs.eva`.
package struct StaffName: Hashable, Sendable, CustomStringConvertible {
  package static let lengths = 2...60

  /// Lower case letters, digits, dots, hyphens and underscores; begins with a letter.
  package let text: String

  /// Letter case, spaces and what a program pastes with it are ignored.
  ///
  /// - Returns: `nil` for what cannot be a name
  package init?(_ typed: String) {
    guard typed.utf8.count <= Self.lengths.upperBound + 10 else { return nil }
    let bytes = typed.unspaced.utf8.map(\.lowerCased)
    func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    guard Self.lengths.contains(bytes.count), let first = bytes.first, isLetter(first),
      bytes.allSatisfy({ isLetter($0) || (0x30...0x39).contains($0) || ".-_".utf8.contains($0) })
    else { return nil }
    text = String(decoding: bytes, as: UTF8.self)
  }

  package var description: String { text }
}

/// Somebody of the staff, logged in.
package struct StaffMember: Hashable, Sendable {
  package typealias ID = Identity<StaffMember>

  package let id: ID
  package let name: StaffName
  package let role: StaffRole

  package init(id: ID, name: StaffName, role: StaffRole) {
    self.id = id
    self.name = name
    self.role = role
  }
}
