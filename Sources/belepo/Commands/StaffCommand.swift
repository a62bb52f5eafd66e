internal import Accounts
internal import ArgumentParser
internal import Cryptography
internal import Domain
internal import Foundation

struct StaffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "staff", abstract: "Who may log in to the staff's site.",
    subcommands: [Add.self, List.self, Reset.self, Disable.self])

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make an account of staff, and print the link that it is set up with.",
      discussion: """
        The link works once, for staff.linkLifetime. Hand it over in person: whoever has it \
        becomes that colleague.
        Example: belepo staff add kovacs.eva --role agent
        """)

    @Argument(help: "The name to log in with: letters, digits, dots, hyphens.") var name: String
    @Option(help: "agent, supervisor, data_protection or auditor.") var role: StaffRole
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let (accounts, settings) = try await configuration.staffAccounts(try staff.act)
        guard let link = try await accounts.add(try StaffName(argument: name), role) else {
          throw Failure("There is a \(name) already: belepo staff reset \(name)")
        }
        StandardOutput.write(settings.invitation(link))
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List accounts of staff: name, role, state, last login.")

    @Option(help: "text or json, one object a line.") var format = OutputFormat.text
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let (accounts, _) = try await configuration.staffAccounts(try staff.act)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        for entry in try await accounts.list() {
          let fields = [
            "name": entry.name.text, "role": entry.role.rawValue, "state": entry.state.rawValue,
            "lastLogin": entry.lastLogin?.ISO8601Format() ?? "",
          ]
          StandardOutput.write(
            format == .json
              ? String(decoding: try encoder.encode(fields), as: UTF8.self) + "\n"
              : ["name", "role", "state", "lastLogin"].map { fields[$0] ?? "" }
                .joined(separator: "\t") + "\n")
        }
      }
    }
  }

  struct Reset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take password and second factor away, log out, and print a new link.")

    @Argument(help: "The name.") var name: String
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let (accounts, settings) = try await configuration.staffAccounts(try staff.act)
        guard let link = try await accounts.reset(try StaffName(argument: name)) else {
          throw Failure("There is no \(name) in use.")
        }
        StandardOutput.write(settings.invitation(link))
      }
    }
  }

  struct Disable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let somebody log in no more; their sessions end at once.")

    @Argument(help: "The name.") var name: String
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let (accounts, _) = try await configuration.staffAccounts(try staff.act)
        guard try await accounts.disable(try StaffName(argument: name)) else {
          throw Failure("There is no \(name) in use.")
        }
        StandardOutput.write("disabled\n")
      }
    }
  }
}

extension StaffRole: ExpressibleByArgument {}

extension StaffName {
  /// - Throws: ``Failure`` when it cannot be a name.
  fileprivate init(argument name: String) throws {
    guard let known = StaffName(name) else {
      throw Failure(
        "A name of staff has 2 to 60 unaccented letters, digits, dots, hyphens, and begins with a "
          + "letter.", .badData)
    }
    self = known
  }
}

extension ConfigurationOption {
  fileprivate func staffAccounts(_ act: StaffAct) async throws -> (StaffAccounts, Settings) {
    let settings = try await load()
    let database = try await settings.openCurrentDatabase()
    let accounts = StaffAccounts(
      store: database.store, now: try await database.clock(), randomBytes: .system,
      limits: settings.limits, act: act)
    return (accounts, settings)
  }
}

extension Settings {
  /// Where the staff's site is reached.
  var staffPublicURL: URL {
    let initial = "http://localhost:\(text(.staffPort) ?? "8081")"
    return Setting.url(text(.staffPublicURL) ?? initial) ?? publicURL
  }

  fileprivate func invitation(_ link: Token) -> String {
    var base = staffPublicURL.absoluteString
    if base.hasSuffix("/") { base.removeLast() }
    return "\(base)/munkatars/meghivo?kulcs=\(link.reveal())\n"
  }
}
