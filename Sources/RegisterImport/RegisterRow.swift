/// What one line of a register file says.
package protocol RegisterRow: Equatable, Sendable {
  /// The columns a file must have, by the names in its header line.
  ///
  /// All are required, since a file that lacks one would empty it for every customer. Others may
  /// stand among them and are ignored.
  associatedtype Column: RegisterColumn

  static var file: RegisterFile { get }

  init(_ cells: RegisterCells<Column>) throws(CellFault)
}

/// A column of a register file, whose raw value is its name in the header line.
package typealias RegisterColumn = CaseIterable & Hashable & RawRepresentable<String> & Sendable
