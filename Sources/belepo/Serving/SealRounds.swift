internal import Accounts
internal import Logging
internal import ServiceLifecycle

/// Seals the ledger and the audit trail once a minute, by whichever instance comes first.
struct SealRounds: Service {
  let seals: AuditSeals
  let clock: any Clock<Duration>
  let logger: Logger

  private static let pause = Duration.seconds(60)

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          await seal()
          try await clock.sleep(for: SealRounds.pause)
        }
      }
    } catch is CancellationError {}
  }

  private func seal() async {
    do {
      // The log is where the chain is anchored outside the database.
      for seal in try await seals.goRound() ?? [] {
        logger.info(
          "rows were sealed",
          metadata: [
            "event": "sealed", "stream": "\(seal.stream.rawValue)", "last": "\(seal.lastID)",
            "rows": "\(seal.rows)", "hash": "\(seal.hash)",
          ])
      }
    } catch {
      // Nothing is lost: the next round finds the same rows.
      logger.error("rows could not be sealed", metadata: ["problem": "\(error)"])
    }
  }
}
