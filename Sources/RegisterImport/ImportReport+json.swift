internal import FoundationEssentials

extension ImportReport {
  /// The report for a program: one JSON object whose keys never change.
  package var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(WrittenReport(self)), as: UTF8.self) + "\n"
    }
  }
}

private struct WrittenReport: Encodable {
  let report: ImportReport

  init(_ report: ImportReport) {
    self.report = report
  }

  enum Key: String, CodingKey {
    case customers, policies, rejects, warnings, replaced, complete, dryRun, refusal, guards, forced
    case delivery
  }

  // Written out, because a synthesised one would omit the keys of nil values.
  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(WrittenFile(report.customers), forKey: .customers)
    try object.encode(WrittenFile(report.policies), forKey: .policies)
    try object.encode(report.rejects.map(WrittenReject.init), forKey: .rejects)
    try object.encode(report.warnings.map(WrittenReject.init), forKey: .warnings)
    try object.encode(report.isReplaced, forKey: .replaced)
    // Also of a delivery that comes once more: all of it is in the register.
    try object.encode(
      (report.isReplaced || report.outcome == .appliedBefore) && report.isComplete,
      forKey: .complete)
    try object.encode(report.kind.delivery, forKey: .delivery)
    try object.encode(report.isDryRun, forKey: .dryRun)
    try object.encode(report.refusal?.sentence, forKey: .refusal)
    try object.encode(Self.names(report.refusal?.findings ?? []), forKey: .guards)
    try object.encode(Self.names(report.overridden), forKey: .forced)
  }

  private static func names(_ findings: [GuardFinding]) -> [String] {
    Set(findings.map(\.name.rawValue)).sorted()
  }
}

extension ImportReport {
  /// The counts alone, for the history.
  var counts: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      let files = ["customers": WrittenFile(customers), "policies": WrittenFile(policies)]
      return String(decoding: try encoder.encode(files), as: UTF8.self)
    }
  }
}

private struct WrittenFile: Encodable {
  let new, changed, unchanged, removed, rejected, warned: Int

  init(_ file: FileReport) {
    new = file.new
    changed = file.changed
    unchanged = file.unchanged
    removed = file.removed
    rejected = file.rejected
    warned = file.warned
  }
}

private struct WrittenReject: Encodable {
  let reject: Reject

  enum Key: String, CodingKey {
    case file, line, column, reason
  }

  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(reject.file.rawValue, forKey: .file)
    try object.encode(reject.line, forKey: .line)
    try object.encode(reject.column, forKey: .column)
    try object.encode(reject.reason.sentence, forKey: .reason)
  }
}
