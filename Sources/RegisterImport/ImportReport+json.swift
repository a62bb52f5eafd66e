internal import FoundationEssentials

extension ImportReport {
  /// The report for a program: one JSON object whose keys stay what they are.
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
    case customers, policies, rejects, replaced, dryRun, refusal
  }

  // Written out, because a synthesised one would leave out the keys of what is nil.
  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(WrittenFile(report.customers), forKey: .customers)
    try object.encode(WrittenFile(report.policies), forKey: .policies)
    try object.encode(report.rejects.map(WrittenReject.init), forKey: .rejects)
    try object.encode(report.isReplaced, forKey: .replaced)
    try object.encode(report.isDryRun, forKey: .dryRun)
    try object.encode(report.refusal?.sentence, forKey: .refusal)
  }
}

private struct WrittenFile: Encodable {
  let new, changed, unchanged, removed, rejected: Int

  init(_ file: FileReport) {
    new = file.new
    changed = file.changed
    unchanged = file.unchanged
    removed = file.removed
    rejected = file.rejected
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
