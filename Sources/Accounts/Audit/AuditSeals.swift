internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Persistence

/// Seals what was said and done, so that nobody can change it unnoticed, not even with write access
/// to the database without its triggers.
///
/// Each seal is the hash of the seal before it and of the rows since. Every seal is also a line in
/// the log, outside the database: remaking the whole chain would mean changing the log as well.
package struct AuditSeals: Sendable {
  private let world: World

  package init(world: World) {
    self.world = world
  }

  /// What has a chain of its own.
  package enum Stream: String, CaseIterable, Sendable {
    case declaration
    case audit = "audit_event"
  }

  /// The most rows that one seal covers: what one transaction reads, and how closely a break in the
  /// chain can be located.
  package static let rowsPerSeal = 500

  /// A seal that was just made.
  package struct Made: Hashable, Sendable {
    package let stream: Stream
    package let lastID: Int64
    package let rows: Int
    /// In hexadecimal digits.
    package let hash: String
  }

  /// Seals what is old enough, unless an instance has done so within the last minute.
  ///
  /// - Returns: the seals; `nil` when another instance has this round
  package func runIfDue() async throws -> [Made]? {
    let now = world.now()
    let seconds = world.limits.sealAfterSeconds
    let isOurs = try await world.store.write {
      try $0.jobs.claim("seal_round", everySeconds: seconds, at: now)
    }
    guard isOurs else { return nil }
    let made: [Made]
    do {
      made = try await seal()
    } catch {
      // A row that cannot be sealed keeps all behind it unsealed: the alarm is about just that.
      try? await tellOfOverdue(at: now)
      throw error
    }
    try await tellOfOverdue(at: now)
    return made
  }

  private func tellOfOverdue(at now: Date) async throws {
    let overdue = try await world.store.read { [limits = world.limits] transaction in
      try AuditSeals.Stream.allCases.reduce(0) { sum, stream in
        sum + (try transaction.seals.overdue(of: stream, at: now, limits: limits)).rows
      }
    }
    if overdue > 0 { world.raise(.sealsOverdue(rows: overdue)) }
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
      try transaction.seals.hold()
      let last = try transaction.seals.newest(of: stream)
      // In the order of their numbers, and no further than the first young row: numbers are
      // assigned when rows are written, and a smaller one may be committed later. A row that is
      // dated in the future is as old as the first row behind it that is not: a clock that was
      // wrong must not stop the sealing for as long as it was.
      let horizon = now.addingTimeInterval(Double(world.limits.sealAfterSeconds))
      func ready() throws -> [SealedRow] {
        let rows = try transaction.seals.rows(
          of: stream, after: last.lastID, atMost: AuditSeals.rowsPerSeal)
        let settled = rows.prefix { $0.at <= cutoff || $0.at > horizon }
        let end: Int? =
          if settled.count < rows.count || rows.count < AuditSeals.rowsPerSeal {
            settled.lastIndex { $0.at <= cutoff }
          } else if let last = settled.last, last.at > horizon {
            try transaction.seals.isSettled(
              behind: last.id, of: stream, before: cutoff, horizon: horizon)
              ? settled.indices.last : settled.lastIndex { $0.at <= cutoff }
          } else {
            settled.indices.last
          }
        return end.map { Array(rows[...$0]) } ?? []
      }
      var rows = try ready()
      guard let newest = rows.last else { return nil }
      if stream == .audit {
        let customers = try transaction.seals.customersWithoutSalt(
          after: last.lastID, upTo: newest.id)
        for customer in customers {
          try transaction.seals.insert(salt: world.randomBytes(Pseudonym.saltLength), of: customer)
        }
        if !customers.isEmpty { rows = try ready() }
      }
      let bytes = rows.compactMap(\.bytes)
      guard bytes.count == rows.count else { throw UnsealableRow(stream: stream.rawValue) }
      let seal = Seal(
        lastID: newest.id, rowCount: rows.count,
        hash: AuditSeals.hash(after: last.hash, bytes))
      try transaction.seals.insert(seal, of: stream, at: now)
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

/// A row names a pseudonym that no erasure has created.
struct UnsealableRow: Error, CustomStringConvertible {
  let stream: String

  var description: String { "A row of \(stream) names a pseudonym without an erasure." }
}
