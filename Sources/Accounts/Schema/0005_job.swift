internal import Persistence

extension Schema {
  /// Work that runs once among all instances: who claims the round does it.
  static let job = Migration(5, "job") { types in
    """
    CREATE TABLE job (
      name TEXT PRIMARY KEY,
      started_at \(types.integer) NOT NULL
    ) \(types.strict);
    """
  }
}
