internal import Accounts
internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Outbox
internal import Persistence
internal import PersistencePostgres

struct Messages: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What leaves the house: see it, try it again, stop it, preview it, test it.",
    subcommands: [
      List.self, Show.self, Retry.self, Cancel.self, Preview.self, Measure.self, Test.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List messages, the newest first.",
      discussion: "Example: belepo messages list --state failed --state expired")

    @Option(help: "Only in this state; may be given more than once.") var state: [Message.State] =
      []
    @Option(help: "sms or email.") var channel: Message.Channel?
    @Option(help: "Only of this kind, such as sms_code.") var kind: Message.Kind?
    @Option(help: "Only for this customer number.") var customer: String?
    @Option(help: "How many at most.") var limit = 50
    @Option(help: "text or json.") var format = OutputFormat.text
    @OptionGroup var configuration: ConfigurationOption

    func validate() throws {
      guard (1...10_000).contains(limit) else {
        throw ValidationError("--limit takes a number from 1 to 10000.")
      }
    }

    func run() async throws {
      try await reporting {
        var filter = OutboxOperations.Filter()
        (filter.states, filter.channel, filter.kind) = (state, channel, kind)
        filter.limit = limit
        if let customer {
          guard let number = try? CustomerNumber(customer) else {
            throw Failure("A customer number has 7 letters and digits.", .badData)
          }
          filter.customer = number.text
        }
        let entries = try await configuration.outboxOperations().list(filter)
        for entry in entries {
          StandardOutput.write(format == .json ? try entry.json : entry.line)
        }
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show one message; never its text.")

    @Argument(help: "The number of the message.") var id: Message.ID
    @Option(help: "text or json.") var format = OutputFormat.text
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        guard let entry = try await configuration.outboxOperations().entry(id) else {
          throw Failure("There is no message \(id).")
        }
        StandardOutput.write(format == .json ? try entry.json : entry.page)
      }
    }
  }

  struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Have a message sent at once: one that waits, or a notice that was given up.")

    @Argument(help: "The number of the message.") var id: Message.ID
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        switch try await configuration.callCentre(staff).retry(id) {
        case .queued: StandardOutput.write("queued\n")
        case .unknown: throw Failure("There is no message \(id).")
        case .needless(let state): throw Failure("Message \(id) is \(state.rawValue).")
        case .textIsGone:
          throw Failure(
            "The text of message \(id) is gone, as that of every code. The customer asks for a new "
              + "one on the page.")
        }
      }
    }
  }

  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Stop a message that still waits.")

    @Argument(help: "The number of the message.") var id: Message.ID
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        switch try await configuration.callCentre(staff).cancel(id) {
        case .cancelled: StandardOutput.write("cancelled\n")
        case .unknown: throw Failure("There is no message \(id).")
        case .tooLate(.leased):
          throw Failure("A gateway has message \(id) in its hands. Try again.", .tryAgain)
        case .tooLate(let state): throw Failure("Message \(id) is \(state.rawValue).")
        }
      }
    }
  }
}

/// How a command prints what it found.
enum OutputFormat: String, ExpressibleByArgument {
  case text
  /// One JSON object per line.
  case json
}

extension Message.State: ExpressibleByArgument {}
extension Message.Channel: ExpressibleByArgument {}
extension Message.Kind: ExpressibleByArgument {}

extension ConfigurationOption {
  /// The outbox, as instances see it: with PostgreSQL its clock is used.
  fileprivate func outboxOperations() async throws -> OutboxOperations {
    switch try await load().openCurrentDatabase() {
    case .sqlite(let store): return OutboxOperations(store: store, now: { Date() })
    case .postgres(let store, _):
      let clock = try await DatabaseClock(store)
      return OutboxOperations(store: store, now: { clock.now })
    }
  }
}

extension ConfigurationOption {
  /// What staff may do with a message, each act with its row in the trail.
  fileprivate func callCentre(_ staff: StaffOption) async throws -> CallCentre {
    let settings = try await load()
    let database = try await settings.openCurrentDatabase()
    return CallCentre(world: try await settings.worldOfStaff(database), act: try staff.act)
  }
}

// MARK: Printed

extension OutboxOperations.Entry {
  private var maskedRecipient: String {
    switch channel {
    case .sms: (try? PhoneNumber(recipient))?.masked ?? "?"
    case .email: (try? EmailAddress(recipient))?.masked ?? "?"
    }
  }

  private static func text(_ date: Date?) -> String {
    date.map { $0.formatted(.iso8601) } ?? ""
  }

  fileprivate var line: String {
    let columns = [
      "\(id)", Self.text(createdAt), state.rawValue, kind.rawValue, maskedRecipient,
      "\(tries)", problem ?? "",
    ]
    return columns.joined(separator: "\t") + "\n"
  }

  private var rows: [(String, String?)] {
    [
      ("id", "\(id)"), ("key", key), ("kind", kind.rawValue), ("channel", channel.rawValue),
      ("recipient", maskedRecipient), ("customer", customer), ("state", state.rawValue),
      ("created", Self.text(createdAt)), ("notAfter", Self.text(notAfter)),
      ("nextTry", state.isWaiting ? Self.text(nextTryAt) : nil), ("tries", "\(tries)"),
      ("unknowns", "\(unknowns)"), ("gateway", gateway),
      ("sent", sentAt.map(Self.text)), ("receipt", receiptAt.map(Self.text)),
      ("problem", problem), ("hasText", hasText ? "yes" : "no"),
    ]
  }

  fileprivate var page: String {
    rows.compactMap { name, value in value.map { "\(name): \($0)\n" } }.joined()
  }

  fileprivate var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let values = Dictionary(rows.compactMap { name, value in value.map { (name, $0) } }) { $1 }
      return String(decoding: try encoder.encode(values), as: UTF8.self) + "\n"
    }
  }
}
