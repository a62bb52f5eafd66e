internal import Domain
package import Persistence

extension Schema {
  /// Staff find a name or an address in the same way on both engines, and are told by day why
  /// registrations stop: along an index, however long the trail is.
  ///
  /// PostgreSQL folded letters by the database's locale: in one «İ» became «i», in another «I»
  /// became «ı», and what staff typed found nobody. An older program still answers on this schema;
  /// its searches by name and address read the whole register until it is replaced.
  package static let staffDesk = Migration(19, "staff_desk", oldestProgram: 10) { types in
    """
    \(types.dialect == .sqlite ? "" : foldedAlike(types.dialect))

    CREATE INDEX audit_event_of_stops ON audit_event (at, kind, registration_id)
      WHERE kind IN (\(ofStops));
    """
  }

  private static func foldedAlike(_ dialect: Dialect) -> String {
    """
    DROP INDEX register_customer_email;
    CREATE INDEX register_customer_email
      ON register_customer (generation, (\(emailKey(dialect))))
      WHERE email IS NOT NULL;
    DROP INDEX register_customer_name;
    CREATE INDEX register_customer_name
      ON register_customer (generation, (\(nameKey(dialect))));
    """
  }

  /// What stops a registration after its numbers matched, or holds it up; spelled out, as whoever
  /// asks by this index has to.
  static let ofStops = "'sms_limit', 'sms_code_wrong', 'sms_step_disabled', 'email_taken'"

  /// The folded name of a customer as SQL; ``NameKey`` folds what staff type in the same way.
  ///
  /// In the collation "C" only A to Z have a lower case, as in SQLite.
  static func nameKey(_ dialect: Dialect) -> String {
    switch dialect {
    case .sqlite: foldedName
    case .postgres:
      "lower(translate(name, '\(NameKey.accented)', '\(NameKey.plain)') COLLATE \"C\")"
    }
  }

  /// An address as it is compared: ``EmailAddress/canonical``.
  static func emailKey(_ dialect: Dialect) -> String {
    switch dialect {
    case .sqlite: "lower(email)"
    case .postgres: "lower(email COLLATE \"C\")"
    }
  }
}
