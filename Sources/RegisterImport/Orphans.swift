/// Finds rows whose customer is unknown, while the customers pass by in order.
struct Orphans {
  private var owners: SortedRecords.Reader
  private var head: SortedRecord?
  /// The lines of those rows.
  private(set) var lines = LineSet()

  /// - Parameter owners: the customers of rows, with the rows' lines
  init(_ owners: SortedRecords) throws(FileFault) {
    self.owners = try owners.makeReader()
    head = try self.owners.next()
  }

  /// The next customer of the new register.
  mutating func pass(_ customer: String) throws(FileFault) {
    while let owner = head, owner.key <= customer {
      if owner.key < customer { lines.insert(owner.line) }
      head = try owners.next()
    }
  }

  /// After the last customer.
  mutating func finish() throws(FileFault) {
    while let owner = head {
      lines.insert(owner.line)
      head = try owners.next()
    }
  }
}
