internal import Accounts
internal import ArgumentParser
internal import Foundation

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "What was said and done, and whether it is what it was.",
    subcommands: [Verify.self])

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read the ledger and the audit trail whole, and compare them with their seals.",
      discussion: """
        The last hash of each is also in the log of the instance that sealed it: compare the two \
        to know that nobody made the whole chain anew. Ends with 65 when something was \
        altered, and with 1 when nothing was and rows that should be sealed are not.
        """)

    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let settings = try await configuration.load()
        let database = try await settings.openCurrentDatabase()
        let verification = AuditVerification(
          store: database.store, now: try await database.clock(), limits: settings.limits)
        switch try await verification.verify() {
        case .broken(let sentence): throw Failure(sentence, .badData)
        case .overdue(let counts, let sentence):
          write(counts)
          throw Failure(sentence)
        case .sound(let counts): write(counts)
        }
      }
    }

    private func write(_ counts: [AuditVerification.Count]) {
      for count in counts {
        StandardOutput.write(
          "\(count.stream.rawValue): \(count.rows) rows under \(count.seals) seals, "
            + "\(count.unsealed) not sealed yet, last hash \(count.lastHash)\n")
      }
    }
  }
}
