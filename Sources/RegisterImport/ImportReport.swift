/// The result of an import, or what a dry run would have done.
package struct ImportReport: Equatable, Sendable {
  package let isDryRun: Bool
  package let kind: ImportKind
  package var customers = FileReport()
  package var policies = FileReport()
  package var outcome = Outcome.dryRun
  /// What guards found that were forced.
  package var overridden: [GuardFinding] = []
  /// The register was replaced, and rows of the old one that nobody reads were left for the next
  /// import to sweep away.
  package var hasLeftovers = false

  package enum Outcome: Equatable, Sendable {
    /// The new register is in use.
    case replaced
    /// Nothing was changed; the same import would replace the register.
    case dryRun
    /// Nothing was changed; a dry run reports it too if the import would be refused.
    case refused(ImportRefusal)
    /// Nothing was changed: just this delivery was applied before.
    case appliedBefore
  }

  init(_ options: ImportOptions) {
    isDryRun = options.isDryRun
    kind = options.kind
  }

  package var isReplaced: Bool { outcome == .replaced }

  package var refusal: ImportRefusal? {
    guard case .refused(let refusal) = outcome else { return nil }
    return refusal
  }

  /// The listed rejects of both files, each in the order of its file's lines.
  package var rejects: [Reject] { customers.rejects + policies.rejects }

  /// The same of cells that could not be read and are empty.
  package var warnings: [Reject] { customers.warnings + policies.warnings }

  /// Whether everybody in the files is in the register, or would be.
  package var isComplete: Bool { customers.rejected + policies.rejected == 0 }

  subscript(file: RegisterFile) -> FileReport {
    switch file {
    case .customers: customers
    case .policies: policies
    }
  }
}
