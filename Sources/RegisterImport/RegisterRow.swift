/// What one line of a register file says.
package protocol RegisterRow: Equatable, Sendable {
  /// The columns a file must have, by the names in its header line.
  ///
  /// All are required, since a file that lacks one would empty it for every customer. Other columns
  /// are allowed among them and ignored.
  associatedtype Column: RegisterColumn

  static var file: RegisterFile { get }

  /// Those whose cells are whole if they can be read and are not empty: no value begins another.
  static var closedColumns: Set<Column> { get }

  /// - Parameter warnings: gets what could not be read in cells that may be empty; they are empty
  ///   in the row
  init(_ cells: RegisterCells<Column>, warnings: inout [CellFault]) throws(CellFault)

  /// The number that a row is about, which is all that a deletion needs.
  static func key(of cells: RegisterCells<Column>) throws(CellFault) -> String

  /// The cells of the row in the order of the columns' cases, to be written and read again.
  var cells: [String] { get }
}

/// A column of a register file, whose raw value is its name in the header line.
package typealias RegisterColumn = CaseIterable & Hashable & RawRepresentable<String> & Sendable
