package import FoundationEssentials
package import Persistence

/// An import of the past: who, when, which files, with what result.
package struct ImportRecord: Equatable, Sendable {
  package let number: Int64
  package let importedAt: Date
  package let person: String?
  package let isReplaced: Bool
  /// The delivery that it was, or that the whole register was as of.
  package let delivery: Int64?
  /// The SHA-256 of the files.
  package let customersHash: String
  package let policiesHash: String
  /// The counts of both files, as the JSON report has them.
  package let counts: String
  /// The guards that were forced, by their names.
  package let forced: String
  package let reason: String?
  package let refusal: String?

  /// As many as anybody looks back.
  private static let most = 100

  /// The last imports and refusals, the newest first; dry runs are not recorded.
  package static func history(in store: any Store) async throws -> [ImportRecord] {
    try await store.read { try $0.imports.history(limit: most) }
  }
}

extension ImportRecord {
  /// An import in a few lines of English.
  package var text: String {
    var lines = [
      "\(importedAt.ISO8601Format())  import \(number)  "
        + "\(isReplaced ? "replaced" : "refused")  by \(person ?? "unknown")"
        + (delivery.map { "  delivery \($0)" } ?? ""),
      "  \(counts)", "  customers.csv \(customersHash)", "  policies.csv  \(policiesHash)",
    ]
    if !forced.isEmpty { lines.append("  forced: \(forced). Reason: \(reason ?? "none")") }
    if let refusal { lines += refusal.split(separator: "\n").map { "  \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension [ImportRecord] {
  /// The same for a program: a list of objects whose keys never change.
  package var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(map(WrittenRecord.init)), as: UTF8.self) + "\n"
    }
  }
}

private struct WrittenRecord: Encodable {
  let number: Int64
  let delivery: Int64?
  let importedAt, customersHash, policiesHash: String
  let person, reason, refusal: String?
  let replaced: Bool
  let forced: [String]
  let counts: [String: [String: Int]]

  init(_ record: ImportRecord) {
    number = record.number
    delivery = record.delivery
    importedAt = record.importedAt.ISO8601Format()
    customersHash = record.customersHash
    policiesHash = record.policiesHash
    person = record.person
    reason = record.reason
    refusal = record.refusal
    replaced = record.isReplaced
    forced = record.forced.split(separator: " ").map(String.init)
    let bytes = Data(record.counts.utf8)
    counts = (try? JSONDecoder().decode([String: [String: Int]].self, from: bytes)) ?? [:]
  }
}
