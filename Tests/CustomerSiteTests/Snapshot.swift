internal import Foundation
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// Compares text with a file under `Snapshots`, or writes the file anew.
///
/// `BELEPO_UPDATE=1 swift test --filter CustomerSiteTests` rewrites what has changed; the change is
/// then read in the diff, like any other.
enum Snapshot {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Snapshots")

  private static let isUpdating = ProcessInfo.processInfo.environment["BELEPO_UPDATE"] != nil

  static func check(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = folder.appendingPathComponent(name)
    let stored = try? String(contentsOf: file, encoding: .utf8)
    guard stored != text else { return }
    if isUpdating {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      return try text.write(to: file, atomically: true, encoding: .utf8)
    }
    Issue.record(
      "\(name): \(difference(stored ?? "", text)) Look at it, then run with BELEPO_UPDATE=1.",
      sourceLocation: sourceLocation)
  }

  /// The files that are there, without those of the operating system.
  static func files() throws -> Set<String> {
    Set(
      try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        .filter { $0.hasSuffix(".txt") || $0.hasSuffix(".html") })
  }

  /// An answer as text: status, headers, cookies, and the page.
  ///
  /// - Parameter wholeBody: also what the layout puts around `main`, which page samples show once
  static func text(of answer: CustomerClient.Answer, wholeBody: Bool = false) -> String {
    // The numbers of a request are new each time.
    let headers = answer.headers
      .filter { !["x-request-id", "traceparent"].contains($0.name.canonicalName) }
      .map { "\($0.name.rawName): \($0.value)" }.sorted()
    let isPage = answer.headers[.contentType]?.hasPrefix("text/html") == true
    let body =
      !isPage || wholeBody
      ? answer.body : "<title>\(answer.title ?? "")</title>\n\(answer.main)"
    return normalised(
      (["\(answer.status.code)"] + headers + ["", body]).joined(separator: "\n") + "\n")
  }

  /// Puts names in the place of what is new each time.
  static func normalised(_ text: String) -> String {
    text
      .replacing(/[0-9a-f]{96}/, with: "FORM-TOKEN")
      .replacing(/[0-9a-f]{64}\.[2-9A-Z]{8}/, with: "TOKEN.CASE")
      .replacing(/[0-9a-f]{64}/, with: "TOKEN")
      .replacing(/[0-9a-f]{16}(-[0-9a-f]{16}){3}/, with: "VERSIONS")
      .replacing(/\.[0-9a-f]{12}\./, with: ".HASH.")
      .replacing(/(data-case-number|class="case")>[2-9A-Z]{4}-[2-9A-Z]{4}</) { "\($0.1)>CASE<" }
      .replacing(/data-error-number>[0-9a-f]{17,32}</, with: "data-error-number>NUMBER<")
      .replacing(/[Cc]ontent-[Ll]ength: [0-9]+/, with: "Content-Length: …")
  }

  private static func difference(_ stored: String, _ text: String) -> String {
    let old = stored.split(separator: "\n", omittingEmptySubsequences: false)
    let new = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (place, pair) in zip(old, new).enumerated() where pair.0 != pair.1 {
      return "line \(place + 1) was «\(pair.0)» and is «\(pair.1)»."
    }
    return "it had \(old.count) lines and has \(new.count)."
  }
}
