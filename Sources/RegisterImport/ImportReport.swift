/// What came, or in a dry run would have come, of an import.
package struct ImportReport: Equatable, Sendable {
  package let isDryRun: Bool
  package var customers = FileReport()
  package var policies = FileReport()
  package var outcome = Outcome.dryRun
  /// The register was replaced, and rows of the old one that nobody reads were left for the next
  /// import to sweep away.
  package var hasLeftovers = false

  package enum Outcome: Equatable, Sendable {
    /// The new register answers.
    case replaced
    /// Nothing was changed, and the same import would replace the register.
    case dryRun
    /// Nothing was changed; a dry run says so too if the import would be refused.
    case refused(ImportRefusal)
  }

  init(isDryRun: Bool) {
    self.isDryRun = isDryRun
  }

  package var isReplaced: Bool { outcome == .replaced }

  package var refusal: ImportRefusal? {
    guard case .refused(let refusal) = outcome else { return nil }
    return refusal
  }

  /// The listed rejects of both files, each file's in the order of its lines.
  package var rejects: [Reject] { customers.rejects + policies.rejects }

  subscript(file: RegisterFile) -> FileReport {
    get {
      switch file {
      case .customers: customers
      case .policies: policies
      }
    }
    set {
      switch file {
      case .customers: customers = newValue
      case .policies: policies = newValue
      }
    }
  }
}
