internal import Domain

/// Who of the insurer's staff does something, and why: it stands in every row of the audit trail
/// that a command writes (ASVS 16.2.1).
package struct StaffAct: Hashable, Sendable {
  /// The longest name and the longest reason, in bytes.
  package static let longest = 200

  let staff: String
  let reason: String?

  /// - Returns: `nil` when a name or reason is empty, longer than ``longest`` or has control
  ///   characters, with which it could look like another row
  package init?(by staff: String, reason: String?) {
    let texts = [staff, reason].compactMap(\.self)
    let areGood = texts.allSatisfy { text in
      (1...StaffAct.longest).contains(text.utf8.count)
        && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }
    guard areGood else { return nil }
    self.staff = staff
    self.reason = reason
  }

  /// What follows by rule from what a customer did.
  static func program(because reason: String) -> StaffAct {
    StaffAct(staff: "belepo", reason: reason)
  }

  /// What somebody logged in does where no reason is asked.
  static func of(_ member: StaffMember) -> StaffAct {
    StaffAct(staff: member.name.text, reason: nil)
  }

  private init(staff: String, reason: String?) {
    self.staff = staff
    self.reason = reason
  }

  /// What a detail of a staff's act begins with.
  static let mark = "by "

  /// The detail of a row: who, what else there is to say, and why.
  ///
  /// Who comes first, and the reason last: it is free text.
  func detail(_ rest: String? = nil) -> String {
    let parts = [StaffAct.mark + staff, rest, reason.map { "because " + $0 }]
    return parts.compactMap(\.self).joined(separator: "; ")
  }
}
