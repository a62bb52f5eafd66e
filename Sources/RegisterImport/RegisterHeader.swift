/// The first line of a register file: the order of its columns.
struct RegisterHeader<Column: RegisterColumn>: Sendable {
  let count: Int
  /// So few that to hash a column would take longer than to look through them.
  private let positions: [(column: Column, position: Int)]
  /// Where a delivery's rows say what they do.
  private let operation: Int?

  /// - Parameter isDelivery: whether there must be a column for the operation; in a whole register
  ///   there must be none, or a delivery could replace all that it does not mention
  init(_ names: [String], isDelivery: Bool = false) throws(RejectReason) {
    let operations = names.indices.filter { names[$0].trimmed == RegisterOperation.column }
    if operations.count > 1 { throw .repeatedColumn(RegisterOperation.column) }
    if !isDelivery, !operations.isEmpty { throw .unexpectedDelivery }
    operation = operations.first
    var positions: [(column: Column, position: Int)] = []
    for (position, name) in names.enumerated() {
      guard let column = Column(rawValue: name.trimmed) else { continue }
      if positions.contains(where: { $0.column == column }) {
        throw .repeatedColumn(column.rawValue)
      }
      positions.append((column, position))
    }
    var missing = Column.allCases.filter { column in
      !positions.contains { $0.column == column }
    }.map(\.rawValue)
    if isDelivery, operation == nil { missing.append(RegisterOperation.column) }
    if !missing.isEmpty { throw Self.slip(in: names) ?? .missingColumns(missing) }
    self.positions = positions
    count = names.count
  }

  func position(of column: Column) -> Int? {
    positions.first { $0.column == column }?.position
  }

  /// The column behind which lines end; nil if it is one that we do not know.
  var lastColumn: Column? {
    positions.first { $0.position == count - 1 }?.column
  }

  init(columns: [Column]) {
    positions = columns.enumerated().map { ($1, $0) }
    count = columns.count
    operation = nil
  }

  /// What a row does; a row of a whole register is simply there.
  func operation(of fields: [String]) throws(CellFault) -> RegisterOperation {
    guard let operation else { return .upsert }
    guard fields.indices.contains(operation),
      let value = RegisterOperation(rawValue: fields[operation].trimmed)
    else { throw CellFault(RegisterOperation.column, .unknownOperation) }
    return value
  }

  /// The name of a column, counted from 1, for a person who looks for it in the file.
  ///
  /// The names of ignored columns are not shown: they could be anything.
  func name(ofColumn number: Int) -> String {
    let known = positions.first { $0.position == number - 1 }
    return known?.column.rawValue ?? "column \(number)"
  }

  /// Cells in this header's order; columns that we do not know are empty.
  func line(of cells: [String], _ doing: RegisterOperation) -> [String] {
    var line = Array(repeating: "", count: count)
    if let operation, line.indices.contains(operation) { line[operation] = doing.rawValue }
    for (column, cell) in zip(Column.allCases, cells) {
      if let position = position(of: column), line.indices.contains(position) {
        line[position] = cell
      }
    }
    return line
  }

  /// The slip that explains why no column was found, if it is one that programs often make.
  private static func slip(in names: [String]) -> RejectReason? {
    if names.first?.lowercased().hasPrefix("sep=") == true { return .separatorLine }
    if names.contains(where: { $0.contains("\t") }) { return .tabs }
    let isCapital = names.contains {
      Column(rawValue: $0.trimmed) == nil && Column(rawValue: $0.trimmed.lowercased()) != nil
    }
    return isCapital ? .capitals : nil
  }
}
