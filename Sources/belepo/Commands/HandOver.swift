internal import Accounts
internal import ArgumentParser
internal import Foundation
internal import Persistence

/// Changes of customers on their way to the insurer's back office (R12).
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
    @Option(help: "Print this batch once more.") var batch: Int64?
    @OptionGroup var configuration: ConfigurationOption

    enum Format: String, ExpressibleByArgument {
      case csv
      case json
    }

    func run() async throws {
      try await reporting {
        let store = try await configuration.load().openCurrentDatabase().store
        let desk = HandOverDesk(store: store, now: { Date() })
        guard let printed = try await printable(at: desk) else {
          StandardError.write("belepo: nothing waits\n")
          return
        }
        let listing = HandOverListing(batch: printed)
        StandardOutput.write(format == .csv ? listing.csv : try listing.jsonLines)
        StandardError.write("belepo: batch \(printed.number), rows: \(printed.rows.count)\n")
      }
    }

    private func printable(at desk: HandOverDesk) async throws -> HandOverDesk.Batch? {
      guard let batch else { return try await desk.export() }
      switch try await desk.export(batch: batch) {
      case .printed(let printed): return printed
      case .unknown: throw Failure("There is no batch \(batch).")
      case .acknowledged: throw Failure("Batch \(batch) is acknowledged.")
      }
    }
  }

  struct Acknowledge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The back office has booked a batch.")

    @Argument(help: "The number that the export told.") var batch: Int64
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let store = try await configuration.load().openCurrentDatabase().store
        switch try await HandOverDesk(store: store, now: { Date() }).acknowledge(batch: batch) {
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

    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let store = try await configuration.load().openCurrentDatabase().store
        let status = try await HandOverDesk(store: store, now: { Date() }).status()
        var lines = ["waiting  \(status.waiting)"]
        lines += status.open.map { open in
          "batch \(open.number)  rows \(open.rows)  printed \(open.exportedAt.ISO8601Format())"
        }
        StandardOutput.write(lines.joined(separator: "\n") + "\n")
      }
    }
  }
}
