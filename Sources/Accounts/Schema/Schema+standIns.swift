internal import Persistence

/// Stand-ins for steps 7 and 8, which are built beside this one; they go when those come.
extension Schema {
  static let standInSeven = Migration(7, "stand_in_seven", oldestProgram: 6) { types in
    "CREATE TABLE stand_in_seven (id \(types.integer) PRIMARY KEY) \(types.strict);"
  }

  static let standInEight = Migration(8, "stand_in_eight", oldestProgram: 6) { types in
    "CREATE TABLE stand_in_eight (id \(types.integer) PRIMARY KEY) \(types.strict);"
  }
}
