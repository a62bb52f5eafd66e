/// What came of one file of an import, against the register before it.
package struct FileReport: Equatable, Sendable {
  package var new = 0
  package var changed = 0
  package var unchanged = 0
  /// Rows of the register before that the file no longer has, or has only in a rejected line.
  package var removed = 0
  package private(set) var rejected = 0
  /// The first ``ImportLimits/listedRejects`` of them.
  package private(set) var rejects: [Reject] = []

  /// Rows that the new register and the one before it share.
  var kept: Int { changed + unchanged }

  mutating func add(_ batch: TakenBatch) {
    new += batch.new
    changed += batch.changed
    unchanged += batch.unchanged
    add(batch.rejects)
  }

  mutating func add(_ rejects: [Reject]) {
    rejected += rejects.count
    self.rejects += rejects.prefix(ImportLimits.listedRejects - self.rejects.count)
  }
}
