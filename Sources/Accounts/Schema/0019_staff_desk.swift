internal import Domain
package import Persistence

extension Schema {
  /// Staff find a name or an address in the same way on both engines.
  ///
  /// PostgreSQL folded letters by the database's locale: in one «İ» became «i», in another «I»
  /// became «ı», and what staff typed found nobody. An older program still answers on this schema;
  /// its searches by name and address read the whole register until it is replaced.
  package static let staffDesk = Migration(19, "staff_desk", oldestProgram: 10) { types in
    types.dialect == .sqlite ? "" : foldedAlike(types.dialect)
  }

  /// Nobody can read the table from where the old ones are dropped; and whoever comes while that
  /// waits for somebody who reads it long, a backup for example, waits as well.
  private static func foldedAlike(_ dialect: Dialect) -> String {
    // With the customer's number the planner takes the index for an address: it knows nothing of
    // how many addresses there are in a part of the table.
    """
    CREATE INDEX register_customer_folded_email
      ON register_customer (generation, (\(emailKey(dialect))), customer_number)
      WHERE email IS NOT NULL;
    CREATE INDEX register_customer_folded_name
      ON register_customer (generation, (\(foldedName(dialect))));

    SET LOCAL lock_timeout = '2s';
    DROP INDEX IF EXISTS register_customer_email;
    DROP INDEX IF EXISTS register_customer_name;
    """
  }

  /// Staff are told by day why registrations stop, along an index, however long the trail is.
  package static let stopsByDay = Migration(20, "stops_by_day", oldestProgram: 10) { _ in
    """
    CREATE INDEX audit_event_of_stops ON audit_event (at, kind, registration_id)
      WHERE kind IN (\(ofStops));
    """
  }

  /// What stops a registration after its numbers matched, or holds it up; spelled out, as whoever
  /// asks by this index has to.
  static let ofStops = "'sms_limit', 'sms_code_wrong', 'sms_step_disabled', 'email_taken'"

  /// The folded name of a customer as SQL.
  ///
  /// In the collation "C" only A to Z have a lower case, as in SQLite.
  static func foldedName(_ dialect: Dialect) -> String {
    switch dialect {
    case .sqlite: lettersFolded
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
