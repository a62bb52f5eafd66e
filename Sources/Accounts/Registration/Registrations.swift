package import Domain

/// The registration: one method for each button of the journey (J2 to J6), in a file for each
/// step.
///
/// Each is one transaction: load, decide (``Registration``), save, queue the message, answer. A
/// refusal is a return value, not an error; only a failure is thrown, and undoes everything.
package struct Registrations: Sendable {
  let world: World
  let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  var limits: Limits { world.limits }

  /// The rules that the password's page shows.
  package var passwordPolicy: PasswordPolicy { passwords.policy }
}

/// A row that must exist does not: the database and the program disagree.
struct MissingRow: Error, CustomStringConvertible {
  let description: String

  init(_ what: String) {
    description = "A row is missing: \(what)."
  }
}
