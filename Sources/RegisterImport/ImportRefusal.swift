package import FoundationEssentials

/// Why an import as a whole was refused; the register is unchanged.
package enum ImportRefusal: Error, Equatable, Sendable {
  /// A header line cannot be used.
  case unusableFile(Reject)
  /// A quote is left open and takes in other rows, or the last line is short: the file is a part
  /// of one.
  case tornFile(Reject)
  /// The file is most likely broken.
  case guarded([GuardFinding])
  /// A delivery, and nothing that it could change.
  case noRegister
  /// A delivery that does not follow the last one; nil if nobody knows which that was.
  case missingDelivery(last: Int64?, given: Int64)
  /// A delivery with the number of one that was applied, and other files.
  case passedDelivery(last: Int64, given: Int64)
  /// More than this many changes of one file.
  case tooManyChanges(Int)
  /// Another import is running, or died less than ``ImportLimits/secondsOfSilence`` ago.
  case anotherImport(lastSeenAt: Date?)
  /// This import was silent for so long that another one took its place.
  case takenOver

  /// Whether the same files may be accepted later; otherwise they or the options must change.
  package var isWorthAnotherTry: Bool {
    switch self {
    case .unusableFile, .tornFile, .guarded, .noRegister, .missingDelivery, .passedDelivery,
      .tooManyChanges:
      false
    case .anotherImport, .takenOver: true
    }
  }

  /// What guards found.
  package var findings: [GuardFinding] {
    if case .guarded(let findings) = self { findings } else { [] }
  }

  /// What the person who started the import needs to know, in English.
  package var sentence: String {
    switch self {
    case .unusableFile(let reject):
      reject.description
    case .tornFile(let reject) where reject.isOpenQuote:
      "\(reject.description) Mend that quote where the file comes from, and export it again."
    case .tornFile(let reject):
      "\(reject.description) The file ends there: it was cut off, or a quote is missing. Export or "
        + "copy it again."
    case .guarded(let findings):
      findings.map { finding in
        "\(finding.sentence) If it is meant: --force \(finding.name.rawValue) --reason TEXT."
      }.joined(separator: "\n")
    case .noRegister:
      "There is no register yet that a delivery could change. Import the whole one first."
    case .missingDelivery(nil, _):
      "Nobody knows which delivery the register is of. Import the whole one once, with the "
        + "--delivery that it is as of."
    case .missingDelivery(let last?, let given):
      """
      The last delivery was \(last), this is \(given), and what is between them is missing. Apply \
      that first, or import the whole register.
      """
    case .passedDelivery(let last, let given):
      """
      The register is of delivery \(last), and \(given) had other files when it was applied. Look \
      for the number that this one should have.
      """
    case .tooManyChanges(let limit):
      """
      More than \(limit) rows of a file differ, which is too much for one delivery. Make several \
      of it, or import the whole register.
      """
    case .anotherImport(let seenAt?):
      """
      Another import is running; it gave its last sign of life at \(seenAt.ISO8601Format()). \
      One that crashed is taken over \(ImportLimits.secondsOfSilence) seconds after that.
      """
    case .anotherImport(nil):
      "Another import is running. Try again when it is done."
    case .takenOver:
      "Another import took over, because this one gave no sign of life for too long."
    }
  }
}
