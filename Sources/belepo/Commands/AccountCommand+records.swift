internal import Accounts
internal import ArgumentParser
internal import Cryptography
internal import Domain
internal import Foundation
internal import Persistence

extension AccountCommand {
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a customer's account, masked; as JSON, with everything that explains it.")

    @Argument(help: "A customer, policy or case number.") var number: String
    @Option(help: "text or json.") var format = ReportFormat.text
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let settings = try await configuration.load()
        let database = try await settings.openCurrentDatabase()
        let customer = try await CustomerNumber(argument: number, in: database.store)
        if format == .json {
          let files = CaseFiles(world: try await settings.worldOfStaff(database))
          guard let file = try await files.file(of: customer, by: try staff.act) else {
            throw Failure("There is no account under this number.")
          }
          StandardOutput.write(try file.written(.json, settings))
          return
        }
        guard let summary = try await database.records(try staff.act).summary(of: customer) else {
          throw Failure("There is no account under this number.")
        }
        StandardOutput.write(summary)
      }
    }
  }

  struct Requests: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List customers' open requests for a copy or for erasure, the oldest first.",
      discussion: """
        Each line: number of the request, kind, customer number, when it was asked.
        A request for erasure is closed by `belepo account erase`, and by nothing else.
        Example: belepo account requests --done 12
        """)

    @Option(help: "Mark this request for a copy as carried out.") var done: DataRights.Request.ID?
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let records = try await configuration.records(try staff.act)
        if let done {
          switch try await records.finishRequest(done) {
          case .done: StandardOutput.write("done\n")
          case .notOpen: throw Failure("There is no open request \(done).")
          case .asksForErasure(let customer):
            throw Failure(
              "Request \(done) asks for erasure, and nothing was done. "
                + "Carry it out, which also closes it: belepo account erase \(customer)")
          }
          return
        }
        for request in try await records.openRequests() {
          StandardOutput.write(
            "\(request.id)\t\(request.kind.rawValue)\t\(request.customer)\t"
              + "\(request.askedAt.ISO8601Format())\n")
        }
      }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print everything of one person as JSON, to be given to that person.")

    @Argument(help: "A customer, policy or case number.") var number: String
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let database = try await configuration.load().openCurrentDatabase()
        let customer = try await CustomerNumber(argument: number, in: database.store)
        guard let json = try await database.records(try staff.act).export(of: customer) else {
          throw Failure("Nothing here names this customer.")
        }
        StandardOutput.write(json)
      }
    }
  }

  struct Erase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Forget a customer: the account ends, what must be kept is pseudonymised.",
      discussion: """
        There is no way back. After a restore, forget once more whom the backup brought back:
        belepo account erase --replay --tombstones FILE
        where FILE is what `belepo account erasures` printed before.
        """)

    @Argument(help: "A customer, policy or case number.") var number: String?
    @OptionGroup var staff: StaffOption
    @Flag(help: "Forget again whom a restored backup has brought back.") var replay = false
    @Option(help: "With --replay: tombstones that are newer than the backup.")
    var tombstones: String?
    @OptionGroup var configuration: ConfigurationOption

    func validate() throws {
      guard (number != nil) != replay else {
        throw ValidationError("Give a customer number, or --replay.")
      }
      guard tombstones == nil || replay else {
        throw ValidationError("--tombstones goes with --replay.")
      }
    }

    func run() async throws {
      try await reporting {
        let database = try await configuration.load().openCurrentDatabase()
        let records = try await database.records(try staff.act)
        guard let number else {
          let count = try await records.replay(try kept())
          StandardOutput.write("erased again: \(count)\n")
          return
        }
        let customer = try await CustomerNumber(argument: number, in: database.store)
        switch try await records.erase(customer, by: staff.by ?? NSUserName()) {
        case .erased(let pseudonym): StandardOutput.write("erased \(pseudonym)\n")
        case .nothingKept: StandardOutput.write("nothing to erase\n")
        }
      }
    }

    /// Tombstones kept outside the database.
    private func kept() throws -> [Records.Tombstone] {
      guard let tombstones else { return [] }
      let text: String
      do { text = try String(contentsOfFile: tombstones, encoding: .utf8) } catch {
        throw Failure("\(tombstones) cannot be read.", .unavailable)
      }
      return try text.split(separator: "\n").enumerated().map { place, line in
        guard let stone = Records.Tombstone(line: line) else {
          throw Failure("\(tombstones), line \(place + 1): this is no tombstone.", .badData)
        }
        return stone
      }
    }
  }

  struct Erasures: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print all tombstones, to be kept outside the database.")

    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        for stone in try await configuration.records(try staff.act).tombstones() {
          StandardOutput.write(stone.line)
        }
      }
    }
  }
}

extension Records.Tombstone {
  fileprivate var line: String {
    "\(pseudonym)\t\(erasedAt.ISO8601Format())\t\(erasedBy)\n"
  }

  fileprivate init?(line: Substring) {
    let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].hasPrefix("~"),
      let at = try? Date(String(parts[1]), strategy: .iso8601)
    else { return nil }
    self.init(pseudonym: String(parts[0]), erasedAt: at, erasedBy: String(parts[2]))
  }
}

extension CustomerNumber {
  /// - Throws: ``Failure`` when it is not valid.
  init(argument: String) throws {
    guard let number = try? CustomerNumber(argument) else {
      throw Failure("A customer number has 7 letters and digits.", .badData)
    }
    self = number
  }
}

extension ConfigurationOption {
  fileprivate func records(_ act: StaffAct) async throws -> Records {
    try await load().openCurrentDatabase().records(act)
  }
}

extension OpenedDatabase {
  fileprivate func records(_ act: StaffAct) async throws -> Records {
    Records(store: store, now: try await clock(), randomBytes: .system, act: act)
  }
}
