package import FoundationEssentials

/// Why an import as a whole was refused; the register stayed as it was.
package enum ImportRefusal: Error, Equatable, Sendable {
  /// A header line cannot be used.
  case unusableFile(Reject)
  /// More would be removed than may be: the file is most likely only a part of one.
  case tooManyRemoved(RegisterFile, removed: Int, of: Int, maxPercent: Int)
  /// Another import is at work, or died less than ``ImportLimits/secondsOfSilence`` ago.
  case anotherImport(lastSeenAt: Date)
  /// This import was silent for so long that another one took its place.
  case takenOver

  /// Whether the same files may be accepted later; otherwise they or the options have to change.
  package var isWorthAnotherTry: Bool {
    switch self {
    case .unusableFile, .tooManyRemoved: false
    case .anotherImport, .takenOver: true
    }
  }

  /// What the person who started the import has to know, in English.
  package var sentence: String {
    switch self {
    case .unusableFile(let reject):
      reject.description
    case .tooManyRemoved(let file, let removed, let count, let maxPercent):
      """
      \(removed) of the \(count) rows that the register has from \(file.rawValue) would be \
      removed, and at most \(maxPercent) % may be. If that is meant, raise --max-delete-percent.
      """
    case .anotherImport(let seenAt):
      """
      Another import is running; it gave its last sign of life at \(seenAt.ISO8601Format()). \
      One that crashed is taken over \(ImportLimits.secondsOfSilence) seconds after that.
      """
    case .takenOver:
      "Another import took over, because this one gave no sign of life for too long."
    }
  }
}
