extension ImportReport {
  /// The report for a person, as lines of English.
  package var text: String {
    ([table] + rejectLines + [ending]).joined(separator: "\n") + "\n"
  }

  private var table: String {
    let heading = ["", "new", "changed", "unchanged", "removed", "rejected"]
    return [heading, Self.line("customers", customers), Self.line("policies", policies)]
      .map(Self.aligned)
      .joined(separator: "\n")
  }

  private static func line(_ name: String, _ file: FileReport) -> [String] {
    [name] + [file.new, file.changed, file.unchanged, file.removed, file.rejected].map(String.init)
  }

  private static func aligned(_ cells: [String]) -> String {
    let name = cells[0] + spaces(9 - cells[0].utf8.count)
    return cells.dropFirst().reduce(name) { $0 + "  " + spaces(9 - $1.utf8.count) + $1 }
  }

  private static func spaces(_ count: Int) -> String {
    String(repeating: " ", count: max(0, count))
  }

  private var rejectLines: [String] {
    if rejects.isEmpty { return [] }
    let more = customers.rejected + policies.rejected - rejects.count
    return [""] + rejects.map(\.description) + (more > 0 ? ["... and \(more) more."] : [])
  }

  private var ending: String {
    switch outcome {
    case .replaced where hasLeftovers:
      """

      The register was replaced. Rows of the old one could not be deleted yet; the next import \
      deletes them.
      """
    case .replaced: "\nThe register was replaced."
    case .dryRun: "\nDry run: the register was not changed."
    case .refused(let refusal): "\nRefused, the register was not changed. \(refusal.sentence)"
    }
  }
}
