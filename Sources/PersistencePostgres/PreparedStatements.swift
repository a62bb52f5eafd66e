internal import CLibpq

/// The statements that a session has prepared, by their text and the types of their values.
struct PreparedStatements {
  struct Key: Hashable {
    let text: String
    let types: [Oid]
  }

  enum Place {
    /// The session has prepared it under this name.
    case known(String)
    /// It has to be prepared under this name before it is run.
    case new(String)
    /// There are too many: it is planned anew each time.
    case nowhere
  }

  private var names: [Key: String] = [:]
  private var count = 0

  mutating func place(for key: Key) -> Place {
    if let name = names[key] { return .known(name) }
    guard names.count < PostgresSettings.preparedStatements else { return .nowhere }
    count += 1
    let name = "b\(count)"
    // Known from now on: the next of the same pipeline comes after it.
    names[key] = name
    return .new(name)
  }

  mutating func forget(_ key: Key) {
    names[key] = nil
  }
}
