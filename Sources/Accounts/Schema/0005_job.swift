package import Persistence

extension Schema {
  /// Work that only one instance does: the one that claims the round.
  package static let job = Migration(5, "job") { types in
    """
    CREATE TABLE job (
      name TEXT PRIMARY KEY,
      started_at \(types.integer) NOT NULL
    ) \(types.strict);
    """
  }
}
