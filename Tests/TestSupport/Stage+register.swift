internal import Accounts
package import Domain
package import Persistence

/// What the insurer changes in the register.
extension Stage {
  /// The register has another status for somebody.
  package func mark(_ person: Cast, _ status: CustomerStatus) async throws {
    try await importing { transaction in
      try transaction.perform(
        """
        UPDATE register_customer SET status = \(status.rawValue)
        WHERE customer_number = \(person.number)
        """)
    }
  }

  /// An import that lacks somebody.
  package func leaveOut(_ person: Cast) async throws {
    try await importing { transaction in
      try transaction.perform(
        "DELETE FROM register_policy WHERE customer_number = \(person.number)")
      try transaction.perform(
        "DELETE FROM register_customer WHERE customer_number = \(person.number)")
    }
  }

  /// A file that gave somebody's number to somebody else as well.
  package func contest(_ number: String, _ kind: String) async throws {
    try await importing { transaction in
      try transaction.perform(
        """
        INSERT INTO register_contested (generation, number, kind)
        VALUES (0, \(number), \(kind))
        """)
    }
  }

  /// A file in which several customers had the same number before.
  package func giveOldNumber(_ number: String, to owners: [Cast]) async throws {
    try await importing { transaction in
      for owner in owners {
        try transaction.perform(
          """
          INSERT INTO register_old_number (generation, old_number, customer_number)
          VALUES (0, \(number), \(owner.number))
          """)
      }
    }
  }

  /// A delivery in which the insurer deletes somebody by number.
  package func delete(_ person: Cast) async throws {
    try await importing(as: .delivery(deleted: [CustomerNumber(person.number)])) { transaction in
      try transaction.perform(
        "DELETE FROM register_policy WHERE customer_number = \(person.number)")
      try transaction.perform(
        "DELETE FROM register_customer WHERE customer_number = \(person.number)")
    }
  }

  /// A delivery that has somebody again.
  package func bringBack(_ person: Cast) async throws {
    try await importing(as: .delivery(deleted: [])) { try $0.engage([person]) }
  }

  /// An import in which somebody has another number.
  ///
  /// - Parameter others: who else has the old number as an old one
  package func renumber(
    _ person: Cast, to number: String, others: [String] = []
  ) async throws {
    try await importing { transaction in
      for table in ["register_customer", "register_policy"] as [Query] {
        try transaction.perform(
          """
          UPDATE \(table) SET customer_number = \(number)
          WHERE customer_number = \(person.number)
          """)
      }
      for owner in [number] + others {
        try transaction.perform(
          """
          INSERT INTO register_old_number (generation, old_number, customer_number)
          VALUES (0, \(person.number), \(owner))
          """)
      }
    }
  }

  /// The last transaction of an import, with what follows from it for accounts.
  package func importing(
    as kind: RegisterChange = .whole,
    _ change: @escaping @Sendable (any Transaction) throws -> Void = { _ in }
  ) async throws {
    let now = clock.now
    try await store.write { transaction in
      try change(transaction)
      try transaction.accountsFollowRegister(after: kind, at: now)
    }
  }
}

extension Stage {
  /// Why a password of somebody is refused, under the insurer's policy.
  package static func refusals(of password: String) throws -> [PasswordPolicy.Refusal] {
    try Props.passwords(.insurer).refusals(of: password, email: EmailAddress("anna@pelda.hu"))
  }
}
