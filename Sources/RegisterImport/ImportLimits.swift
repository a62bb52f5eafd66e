/// The numbers an import works with, each with its reason. What depends on the machine is in
/// ``ImportSizes``, what the operator decides in ``ImportGuards``.
package enum ImportLimits {
  /// Rows per transaction when an old register is swept away. Most of their index entries stand
  /// alone on a page, so that many small transactions would write the same pages again and again;
  /// this many take some tenths of a second in a large register, like those that write
  /// (``ImportSizes/rowsPerBatch``).
  static let rowsPerSweep = 16_384
  /// However long a transaction seems to have taken, no rest after it is longer.
  static let longestRest = Duration.seconds(2)
  /// Rejects of each file that a report lists; all are counted. With more of them, the file itself
  /// is wrong.
  package static let listedRejects = 1_000
  /// Up to so many changes of a delivery a share of it says nothing.
  static let fewChanges = 20
  /// Of fewer policies as many may change their customer as of these: one that does is more than
  /// five per cent of nineteen, and somebody's house that was sold.
  static let smallestWhole = 100
  /// Up to so many mobile numbers or names that cannot be read are oddities of their own, and no
  /// share of a small file: a damaged column has more of them, or nothing else.
  static let fewUnread = 20
  /// After this long without a sign of life an import is dead and the next one takes over, where no
  /// lock of the system tells it at once.
  ///
  /// A live one gives a sign several times in between. One that was only asleep does no harm when
  /// it wakes: it notices that it was replaced before it writes.
  package static let secondsOfSilence = 120
  /// How often a sign of life is given.
  static let secondsBetweenSigns = 20.0
}
