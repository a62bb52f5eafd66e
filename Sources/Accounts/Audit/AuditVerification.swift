internal import Cryptography
package import Domain
package import FoundationEssentials
package import Persistence

/// Reads everything that was said and done, and checks it against the seals.
package struct AuditVerification: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date
  private let limits: Limits

  package init(store: any Store, now: @escaping @Sendable () -> Date, limits: Limits) {
    self.store = store
    self.now = now
    self.limits = limits
  }

  /// What one chain holds.
  package struct Count: Hashable, Sendable {
    package let stream: AuditSeals.Stream
    package internal(set) var seals = 0
    package internal(set) var rows = 0
    /// Rows that are too young, or newer than the last round.
    package internal(set) var unsealed = 0
    /// The last seal, to compare with the log.
    package internal(set) var lastHash = ""
  }

  package enum Outcome: Hashable, Sendable {
    case sound([Count])
    /// Nothing sealed was altered, and rows that should be sealed are not: a sentence says which.
    case overdue([Count], String)
    /// The first thing that has been altered, in a sentence.
    case broken(String)
  }

  private static let batch = 500
  /// The year 10000.
  private static let endOfDates = 253_402_300_800.0

  package func verify() async throws -> Outcome {
    if let broken = try await verifyTexts() { return .broken(broken) }
    var counts: [Count] = []
    for stream in AuditSeals.Stream.allCases {
      switch try await verify(stream) {
      case .success(let count): counts.append(count)
      case .failure(let broken): return .broken(broken.sentence)
      }
    }
    if let sentence = try await overdue() { return .overdue(counts, sentence) }
    return .sound(counts)
  }

  /// Who stops the sealing, or dates rows in the future, can alter them at leisure.
  private func overdue() async throws -> String? {
    let now = now()
    for stream in AuditSeals.Stream.allCases {
      let overdue = try await store.read { [limits] in
        try $0.seals.overdue(of: stream, at: now, limits: limits)
      }
      guard overdue.rows > 0, let oldest = overdue.oldest else { continue }
      // What the database says may be no date of any calendar.
      let isDate = (0..<AuditVerification.endOfDates).contains(oldest.timeIntervalSince1970)
      return """
        \(stream.rawValue): \(overdue.rows) rows are not sealed and too old, or dated in the \
        future, the first \(isDate ? oldest.ISO8601Format() : "at no date"). A running server \
        seals every minute.
        """
    }
    return nil
  }

  private struct Broken: Error {
    let sentence: String
  }

  // MARK: Words

  private func verifyTexts() async throws -> String? {
    var key = (version: "", kind: "")
    while true {
      let from = key
      let texts = try await store.read {
        try $0.seals.declaredBodies(after: from, atMost: AuditVerification.batch).map {
          [$0.version, $0.kind, hexadecimal(sha256(Array($0.body.utf8)))]
        }
      }
      for text in texts where text[0] != text[2] {
        return "The text \(text[0].prefix(12)) of \(text[1]) is not the one that was declared."
      }
      guard let last = texts.last else { break }
      key = (last[0], last[1])
    }
    var version = ""
    while true {
      let from = version
      let files = try await store.read {
        try $0.seals.declaredFiles(after: from, atMost: 10).map { ($0.version, $0.file.isSound) }
      }
      if let damaged = files.first(where: { !$0.1 }) {
        return "\(DamagedFile(version: damaged.0))"
      }
      guard let last = files.last else { return nil }
      version = last.0
    }
  }

  // MARK: Chains

  private func verify(_ stream: AuditSeals.Stream) async throws -> Result<Count, Broken> {
    var count = Count(stream: stream)
    var last = Seal.origin
    while true {
      let from = last
      let seals = try await store.read {
        try $0.seals.all(of: stream, after: from.lastID, atMost: AuditVerification.batch)
      }
      for seal in seals {
        if let broken = try await verify(seal, after: last, of: stream) { return .failure(broken) }
        count.seals += 1
        count.rows += seal.rowCount
        last = seal
      }
      if seals.count < AuditVerification.batch { break }
    }
    let newest = last
    count.lastHash = hexadecimal(newest.hash)
    count.unsealed = try await store.read {
      try $0.seals.unsealed(of: stream, after: newest.lastID)
    }
    return .success(count)
  }

  private func verify(
    _ seal: Seal, after last: Seal, of stream: AuditSeals.Stream
  ) async throws -> Broken? {
    let rows = try await store.read {
      // Asking for one more than there should be reveals an extra row without reading the rest.
      try $0.seals.rows(
        of: stream, after: last.lastID, upTo: seal.lastID, atMost: seal.rowCount + 1)
    }
    let place = "\(stream.rawValue) \(last.lastID + 1) to \(seal.lastID)"
    if let row = rows.first(where: { $0.bytes == nil }) {
      return Broken(
        sentence: "\(stream.rawValue) \(row.id): its customer number is not the one it was.")
    }
    if rows.count > seal.rowCount {
      return Broken(sentence: "\(place): there are more rows than the \(seal.rowCount) sealed.")
    }
    if rows.count < seal.rowCount {
      return Broken(
        sentence: "\(place): \(seal.rowCount) rows were sealed, \(rows.count) are left.")
    }
    let hash = AuditSeals.hash(after: last.hash, rows.compactMap(\.bytes))
    guard equalInConstantTime(hash, seal.hash) else {
      return Broken(sentence: "\(place): a row or the seal is not what it was.")
    }
    return nil
  }
}
