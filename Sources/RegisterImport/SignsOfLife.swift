internal import FoundationEssentials
internal import Persistence

/// Tells other imports from time to time that this one is alive.
actor SignsOfLife {
  private let generations: Generations
  private let store: any Store
  private let now: @Sendable () -> Date
  private var last: Date

  init(_ generations: Generations, store: any Store, now: @escaping @Sendable () -> Date) {
    self.generations = generations
    self.store = store
    self.now = now
    last = now()
  }

  /// - Throws: ``ImportTakenOver`` if another import has taken this one's place.
  func give() async throws {
    let moment = now()
    guard moment.timeIntervalSince(last) >= ImportLimits.secondsBetweenSigns else { return }
    last = moment
    let generations = generations
    try await store.write {
      try $0.imports.keepClaim(generations, answering: generations.present, at: moment)
    }
  }
}
