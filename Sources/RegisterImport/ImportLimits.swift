/// The numbers an import works with, each with its reason.
package enum ImportLimits {
  /// Lines a transaction: enough to be fast, few enough that a customer's click beside the import
  /// waits milliseconds.
  package static let linesPerBatch = 512
  /// Rows a transaction when an old register is swept away, for the same reason.
  static let rowsPerSweep = 2_048
  /// Rejects of each file that a report lists; all are counted. With more of them, the file itself
  /// is wrong.
  package static let listedRejects = 1_000
  /// After so long without a sign of life an import is dead and the next one takes over.
  ///
  /// A live one gives a sign with every batch. One that was only asleep does no harm when it wakes:
  /// it finds itself replaced before it writes.
  package static let secondsOfSilence = 120
  /// The share of the customers, and of the policies, that an import may remove unless it is told
  /// otherwise: a day's ends and deaths are far below it, half a file is far above.
  package static let maxDeletePercent = 5
}
