internal import Accounts
internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Persistence

/// Customers' changes on their way to the insurer's back office (R12).
struct HandOver: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "handover",
    abstract: "What customers changed, for the insurer's back office.",
    discussion: """
      Each change is printed once, in a batch whose number is told on standard error. When the \
      back office has booked it: belepo handover acknowledge BATCH. Until then the same batch can \
      be printed again.
      """,
    subcommands: [Export.self, Acknowledge.self, Status.self])

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the changes that were not printed yet.",
      discussion: """
        In CSV, what a spreadsheet would take for a formula has an apostrophe before it; programs \
        should read JSON lines.
        """)

    @Option(help: "csv or json (one object a line).") var format = Format.csv
    @Option(help: "Print this batch once more.") var batch: HandOverBatches.Batch.ID?
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    enum Format: String, ExpressibleByArgument {
      case csv
      case json
    }

    func run() async throws {
      try await reporting {
        let batches = try await configuration.handOverBatches(try staff.act)
        guard let printed = try await printable(of: batches) else {
          StandardError.write("belepo: nothing waits\n")
          return
        }
        let listing = HandOverListing(batch: printed)
        StandardOutput.write(format == .csv ? listing.csv : try listing.jsonLines)
        StandardError.write("belepo: batch \(printed.id), rows: \(printed.rows.count)\n")
      }
    }

    private func printable(of batches: HandOverBatches) async throws -> HandOverBatches.Batch? {
      guard let batch else { return try await batches.export() }
      switch try await batches.export(batch: batch) {
      case .printed(let printed): return printed
      case .unknown: throw Failure("There is no batch \(batch).")
      case .acknowledged: throw Failure("Batch \(batch) is acknowledged.")
      }
    }
  }

  struct Acknowledge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The back office has booked a batch.")

    @Argument(help: "The number that the export told.") var batch: HandOverBatches.Batch.ID
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let batches = try await configuration.handOverBatches(try staff.act)
        switch try await batches.acknowledge(batch: batch) {
        case .acknowledged(let rows): StandardOutput.write("acknowledged, rows: \(rows)\n")
        case .wasAcknowledged: StandardOutput.write("was acknowledged before\n")
        case .unknown: throw Failure("There is no batch \(batch).")
        }
      }
    }
  }

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How much waits, and which batches are not acknowledged.")

    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let status = try await configuration.handOverBatches(try staff.act).status()
        var lines = ["waiting  \(status.waiting)"]
        lines += status.open.map { open in
          "batch \(open.id)  rows \(open.rows)  printed \(open.exportedAt.ISO8601Format())"
        }
        StandardOutput.write(lines.joined(separator: "\n") + "\n")
      }
    }
  }
}

extension ConfigurationOption {
  fileprivate func handOverBatches(_ act: StaffAct) async throws -> HandOverBatches {
    let database = try await load().openCurrentDatabase()
    return HandOverBatches(
      store: database.store, now: try await database.clock(), act: act)
  }
}
