/// How much an import does at a time. Tests make it small.
package struct ImportSizes: Equatable, Sendable {
  /// Rows of a transaction while a whole register is written. Each touches pages all over an index,
  /// so that many small ones would write those again and again; this many take some tenths of a
  /// second in a large register, for which a customer's click may have to wait.
  package var rowsPerBatch = 8_192
  /// The same before there is a register: nobody waits then, and fewer transactions wait less often
  /// for the disk. They are held in memory until they are written, and so are those of the next
  /// one, about ten megabytes together.
  package var rowsPerFirstBatch = 32_768
  /// How long it writes nothing after each of its many transactions: who waits for the embedded
  /// database looks again every tenth of a second at least (SQLite's busy handler), and would not
  /// get in between transactions that follow each other at once.
  package var rest = Duration.milliseconds(120)
  /// Rows of the present register that are read at once.
  package var rowsPerPage = 2_048
  /// Up to so many differences are written into the present register by one transaction, which
  /// takes a fraction of a second; with more of them a whole register is written beside it.
  package var rowsInPlace = 20_000
  /// Bytes of one file's rows that are held in memory until they are sorted.
  package var bytesPerRun = 4_194_304
  /// Where the rest of them goes.
  package var scratchFolder = "/var/tmp"

  package init() {}
}
