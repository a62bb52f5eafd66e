internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Persistence

/// Seals what was said and done, so that nobody can change it unnoticed: not even who may write to
/// the database without its triggers.
///
/// Each seal is the hash of the seal before it and of the rows since. Every seal is also a line in
/// the log, outside the database: who made the whole chain anew would have to change that as well.
package struct AuditSeals: Sendable {
  private let world: World

  package init(world: World) {
    self.world = world
  }

  /// A chain of its own.
  package enum Stream: String, CaseIterable, Sendable {
    case declaration
    case audit = "audit_event"
  }

  /// Rows of one seal at most: what one transaction reads, and where a broken chain is told from a
  /// sound one.
  package static let rowsPerSeal = 500

  /// A seal that was made now.
  package struct Made: Hashable, Sendable {
    package let stream: Stream
    package let lastID: Int64
    package let rows: Int
    /// In hexadecimal digits.
    package let hash: String
  }

  /// Seals what is old enough, if no instance has done so within the last minute.
  ///
  /// - Returns: the seals; `nil` when it is another instance's round
  package func goRound() async throws -> [Made]? {
    let now = world.now()
    let seconds = world.limits.sealAfterSeconds
    let isOurs = try await world.store.write {
      try $0.claimRound(of: "seal_round", everySeconds: seconds, at: now)
    }
    return isOurs ? try await seal() : nil
  }

  /// Seals what is old enough.
  package func seal() async throws -> [Made] {
    var made: [Made] = []
    for stream in Stream.allCases {
      while let seal = try await sealNext(of: stream) {
        made.append(seal)
        if seal.rows < AuditSeals.rowsPerSeal { break }
      }
    }
    return made
  }

  private func sealNext(of stream: Stream) async throws -> Made? {
    let now = world.now()
    let cutoff = now.addingTimeInterval(-Double(world.limits.sealAfterSeconds))
    return try await world.store.write { transaction in
      try transaction.holdChains()
      let last = try transaction.newestSeal(of: stream)
      // In the order of their numbers, and no further than the first young row: the numbers are
      // given when rows are written, and a smaller one may be committed later.
      func ready() throws -> [SealedRow] {
        Array(
          try transaction.rows(
            of: stream, after: last.lastID, atMost: AuditSeals.rowsPerSeal
          ).prefix { $0.at <= cutoff })
      }
      var rows = try ready()
      guard let newest = rows.last else { return nil }
      if stream == .audit {
        let customers = try transaction.customersWithoutSalt(
          after: last.lastID, upTo: newest.id)
        for customer in customers {
          try transaction.insert(salt: world.randomBytes(Pseudonym.saltLength), of: customer)
        }
        if !customers.isEmpty { rows = try ready() }
      }
      let bytes = rows.compactMap(\.bytes)
      guard bytes.count == rows.count else { throw UnsealableRow(stream: stream.rawValue) }
      let seal = Seal(
        lastID: newest.id, rowCount: rows.count,
        hash: AuditSeals.hash(after: last.hash, bytes))
      try transaction.insert(seal, of: stream, at: now)
      return Made(
        stream: stream, lastID: seal.lastID, rows: seal.rowCount, hash: hexadecimal(seal.hash))
    }
  }

  static func hash(after previous: [UInt8], _ rows: [[UInt8]]) -> [UInt8] {
    var bytes = previous
    for row in rows { bytes += row }
    return sha256(bytes)
  }
}

/// A row names a pseudonym that no erasure has made.
struct UnsealableRow: Error, CustomStringConvertible {
  let stream: String

  var description: String { "A row of \(stream) names a pseudonym without an erasure." }
}
