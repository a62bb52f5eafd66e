internal import Cryptography
package import Persistence

/// Reads everything that was said and done, and tells whether it is what was sealed.
package struct AuditVerification: Sendable {
  private let store: any Store

  package init(store: any Store) {
    self.store = store
  }

  /// What one chain holds.
  package struct Count: Hashable, Sendable {
    package let stream: AuditSeals.Stream
    package internal(set) var seals = 0
    package internal(set) var rows = 0
    /// Rows that are too young, or came since the last round.
    package internal(set) var unsealed = 0
    /// The last seal, to be compared with the log.
    package internal(set) var lastHash = ""
  }

  package enum Outcome: Hashable, Sendable {
    case sound([Count])
    /// The first thing that is not what it was, in a sentence.
    case broken(String)
  }

  private static let batch = 500

  package func verify() async throws -> Outcome {
    if let broken = try await verifyTexts() { return .broken(broken) }
    var counts: [Count] = []
    for stream in AuditSeals.Stream.allCases {
      switch try await verify(stream) {
      case .success(let count): counts.append(count)
      case .failure(let broken): return .broken(broken.sentence)
      }
    }
    return .sound(counts)
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
        try $0.declaredBodies(after: from, atMost: AuditVerification.batch).map {
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
        try $0.declaredFiles(after: from, atMost: 10).map { ($0.version, $0.file.isSound) }
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
        try $0.seals(of: stream, after: from.lastID, atMost: AuditVerification.batch)
      }
      for seal in seals {
        if let broken = try await verify(seal, after: last, of: stream) { return .failure(broken) }
        count.seals += 1
        count.rows += seal.rowCount
        last = seal
      }
      if seals.count < AuditVerification.batch { break }
    }
    count.lastHash = hexadecimal(last.hash)
    count.unsealed = try await unsealed(of: stream, after: last.lastID)
    return .success(count)
  }

  private func verify(
    _ seal: Seal, after last: Seal, of stream: AuditSeals.Stream
  ) async throws -> Broken? {
    let rows = try await store.read {
      // One more than there should be tells of a row too many without reading the rest.
      try $0.rows(
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

  private func unsealed(of stream: AuditSeals.Stream, after id: Int64) async throws -> Int {
    try await store.read { transaction in
      let row =
        switch stream {
        case .declaration:
          try transaction.row("SELECT COUNT(*) AS count FROM declaration WHERE id > \(id)")
        case .audit:
          try transaction.row("SELECT COUNT(*) AS count FROM audit_event WHERE id > \(id)")
        }
      return try row?.value("count") ?? 0
    }
  }
}
