/// The first line of a register file: which column stands where.
struct RegisterHeader<Column: RegisterColumn>: Sendable {
  let count: Int
  private let positions: [Column: Int]

  init(_ names: [String]) throws(RejectReason) {
    var positions: [Column: Int] = [:]
    for (position, name) in names.enumerated() {
      guard let column = Column(rawValue: name.trimmed) else { continue }
      if positions[column] != nil { throw .repeatedColumn(column.rawValue) }
      positions[column] = position
    }
    let missing = Column.allCases.filter { positions[$0] == nil }
    if !missing.isEmpty { throw .missingColumns(missing.map(\.rawValue)) }

    self.positions = positions
    count = names.count
  }

  func position(of column: Column) -> Int? {
    positions[column]
  }

  /// The name of a column, counted from 1, for a person who looks for it in the file.
  ///
  /// Of columns that are ignored even the name is: it could be anything.
  func name(ofColumn number: Int) -> String {
    let known = positions.first { $0.value == number - 1 }
    return known?.key.rawValue ?? "column \(number)"
  }
}
