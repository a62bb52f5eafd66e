package import Persistence

extension Schema {
  /// What nobody in particular did, counted: apart from the sealed trail, and forgotten in time.
  ///
  /// Older programs still work on this schema: they do not know the table.
  package static let anonymousEvents = Migration(11, "anonymous_events", oldestProgram: 6) {
    types in
    """
    CREATE TABLE anonymous_event (
      kind TEXT NOT NULL,
      source \(types.bytes) NOT NULL,
      window_start \(types.integer) NOT NULL,
      times \(types.integer) NOT NULL CHECK (times > 0),
      last_at \(types.integer) NOT NULL,
      detail TEXT,
      registration_id \(types.integer),
      PRIMARY KEY (kind, source, window_start)
    ) \(types.strict);

    CREATE INDEX anonymous_event_window_start ON anonymous_event (window_start);
    CREATE INDEX anonymous_event_of_registration ON anonymous_event (registration_id)
      WHERE registration_id IS NOT NULL;
    """
  }
}
