package import Accounts
package import Domain
internal import Foundation
internal import Persistence

/// The services of the ledger, and of the staff that answers for the data.
extension Stage {
  package var declarations: Declarations { Declarations(world: world) }
  package var contracts: Contracts { Contracts(world: world, passwords: passwords) }
  package var dataRights: DataRights { DataRights(world: world, passwords: passwords) }
  package var seals: AuditSeals { AuditSeals(world: world) }
  package var verification: AuditVerification {
    AuditVerification(store: store, now: world.now, limits: world.limits)
  }
  package var records: Records {
    Records(store: store, now: world.now, randomBytes: world.randomBytes, act: Stage.clerk)
  }
}

/// What a story about the ledger needs to have happened before.
extension Stage {
  /// The customer accepted an earlier version of a document last.
  package func acceptedEarlierVersion(
    of kind: DeclarationKind, by account: Account, version: String = "earlier"
  ) async throws {
    try await store.write { [now = clock.now] transaction in
      try transaction.perform(
        """
        INSERT INTO declared_text (version, kind, language, body)
        VALUES (\(version), \(kind.rawValue), 'hu', '<h1>Régi</h1><p>Korábbi szöveg.</p>')
        """)
      try transaction.perform(
        """
        INSERT INTO declaration
          (account_id, registration_id, kind, version, is_accepted, channel, declared_at)
        VALUES (\(account.id), NULL, \(kind.rawValue), \(version), 1, 'registration', \(now))
        """)
    }
  }

  /// Somebody has taken the triggers away that keep rows as they are.
  package func disarm(_ tables: [String]) async throws {
    try await store.write { transaction in
      for table in tables {
        switch transaction.dialect {
        case .sqlite:
          try transaction.run(
            script: "DROP TRIGGER \(table)_no_update; DROP TRIGGER \(table)_no_delete;")
        case .postgres:
          try transaction.run(script: "ALTER TABLE \(table) DISABLE TRIGGER USER;")
        }
      }
    }
  }
}
