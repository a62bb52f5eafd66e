internal import Accounts
internal import Domain

/// The demo's own colleagues, ready to log in to the staff's site. None of this exists outside the
/// demo.
struct DemoStaff {
  let world: World
  let passwords: Passwords

  private static let people: [(name: String, role: StaffRole, password: String)] = [
    ("ugynok", .agent, "kilenc barna kacsa"), ("vezeto", .supervisor, "tizenegy lila bagoly"),
  ]

  /// Makes them, if they are not there, and tells how to log in.
  func greet(port: Int) async {
    var lines = ["  the staff's site  http://localhost:\(port)/", ""]
    for person in Self.people {
      guard let name = StaffName(person.name),
        let secret = try? await StaffLogins(world: world, passwords: passwords).admit(
          name, person.role, password: person.password)
      else { continue }
      lines += [
        "      \(person.role.rawValue): \(person.name), password: \(person.password)",
        "      secret for an authenticator app: \(secret)",
      ]
    }
    StandardError.write(lines.joined(separator: "\n") + "\n\n")
  }
}
