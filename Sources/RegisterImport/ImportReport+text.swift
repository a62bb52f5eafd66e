extension ImportReport {
  /// The report for a person, as lines of English.
  package var text: String {
    ([table] + rejectLines + warningLines + overriddenLines + [ending]).joined(separator: "\n")
      + "\n"
  }

  private var table: String {
    let heading = ["", "new", "changed", "unchanged", "removed", "rejected", "warnings"]
    return [heading, Self.line("customers", customers), Self.line("policies", policies)]
      .map(Self.aligned)
      .joined(separator: "\n")
  }

  private static func line(_ name: String, _ file: FileReport) -> [String] {
    let counts = [
      file.new, file.changed, file.unchanged, file.removed, file.rejected, file.warned,
    ]
    return [name] + counts.map(String.init)
  }

  private static func aligned(_ cells: [String]) -> String {
    let name = cells[0] + spaces(9 - cells[0].utf8.count)
    return cells.dropFirst().reduce(name) { $0 + "  " + spaces(9 - $1.utf8.count) + $1 }
  }

  private static func spaces(_ count: Int) -> String {
    String(repeating: " ", count: max(0, count))
  }

  private var rejectLines: [String] {
    Self.lines(rejects, of: customers.rejected + policies.rejected)
  }

  private var warningLines: [String] {
    Self.lines(warnings, of: customers.warned + policies.warned).map { line in
      line.isEmpty ? line : "warning: \(line)"
    }
  }

  private static func lines(_ rejects: [Reject], of count: Int) -> [String] {
    if rejects.isEmpty { return [] }
    let more = count - rejects.count
    return [""] + rejects.map(\.description) + (more > 0 ? ["... and \(more) more."] : [])
  }

  private var overriddenLines: [String] {
    overridden.isEmpty ? [] : [""] + overridden.map { "forced: \($0.sentence)" }
  }

  private var ending: String {
    switch outcome {
    case .replaced where hasLeftovers:
      """

      The register was replaced. Rows of the old one could not be deleted yet; the next import \
      deletes them.
      """
    case .replaced where !isComplete:
      kind.isDelivery
        ? "\nThe delivery was applied, without the rejected rows."
        : "\nThe register was replaced, without the rejected rows."
    case .replaced:
      switch kind {
      case .whole: "\nThe register was replaced."
      case .changes(let delivery): "\nDelivery \(delivery) was applied."
      }
    case .appliedBefore: "\nThis delivery was applied before; nothing was changed."
    case .dryRun: "\nDry run: the register was not changed."
    case .refused(let refusal): "\nRefused, the register was not changed.\n\(refusal.sentence)"
    }
  }
}
