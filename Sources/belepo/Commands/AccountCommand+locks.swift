internal import Accounts
internal import ArgumentParser
internal import Cryptography
internal import Domain
internal import Foundation
internal import Outbox
internal import Persistence

extension AccountCommand {
  struct Lock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lock a customer's account: no session, no login, no recovery, no messages.",
      discussion: """
        The owner is told once, by e-mail and SMS. With --new-proof the account opens again when \
        the customer registers anew with the code by SMS: for a mailbox in somebody else's hands.
        Example: belepo account lock 1234567 --new-proof --reason "mailbox stolen" --by kovacs.eva
        """)

    @Argument(help: "A customer, policy or case number.") var number: String
    @OptionGroup var staff: StaffOption
    @Flag(help: "Until the customer registers anew, instead of until it is unlocked.")
    var newProof = false
    @OptionGroup var configuration: ConfigurationOption

    func validate() throws {
      guard staff.reason != nil else {
        throw ValidationError("Say why the account is locked: --reason.")
      }
    }

    func run() async throws {
      try await reporting {
        let settings = try await configuration.load()
        let database = try await settings.openCurrentDatabase()
        let customer = try await CustomerNumber(known: number, in: database.store)
        let locks = AccountLocks(world: try await settings.worldOfStaff(database))
        switch try await locks.lock(customer, newProof ? .newProof : .staff, by: try staff.act) {
        case .locked: StandardOutput.write("locked\n")
        case .lockedAnew: StandardOutput.write("was locked; locked anew\n")
        case .noAccount: throw Failure("There is no account under this number.")
        }
      }
    }
  }

  struct Unlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Open what is locked for a customer whom the call centre has identified.",
      discussion: """
        Ends a lock of the account, which needs a reason, and re-enables the SMS step after ten \
        wrong codes.
        """)

    @Argument(help: "A customer, policy or case number.") var number: String
    @OptionGroup var staff: StaffOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let settings = try await configuration.load()
        let database = try await settings.openCurrentDatabase()
        let customer = try await CustomerNumber(known: number, in: database.store)
        let world = try await settings.worldOfStaff(database)
        let locks = AccountLocks(world: world)
        let act = try staff.act
        if try await locks.isLocked(customer) {
          guard staff.reason != nil else {
            throw Failure("The account is locked: say why it may be opened, --reason.", .usage)
          }
          if try await locks.unlock(customer, by: act) == .unlocked {
            StandardOutput.write("account unlocked\n")
          }
        }
        let wasDisabled = try await CallCentre(world: world, act: act)
          .enableSMSStep(of: customer)
        StandardOutput.write(wasDisabled ? "enabled\n" : "was not disabled; count reset\n")
      }
    }
  }
}

extension CustomerNumber {
  /// - Throws: ``Failure`` with 65 when nothing is known under the number.
  init(known number: String, in store: any Store) async throws {
    guard let customer = try await CustomerSearch(store: store).customer(number) else {
      throw Failure("Neither the register nor an account knows this number.", .badData)
    }
    self = customer
  }

  /// A number that may be a policy's or a case's, and may be unknown if it has a customer number's
  /// form.
  init(argument number: String, in store: any Store) async throws {
    if let customer = try await CustomerSearch(store: store).customer(number) {
      self = customer
    } else {
      try self.init(argument: number)
    }
  }
}

extension Settings {
  /// What the work of staff needs by command: whoever is locked is told, in the brand's words.
  func worldOfStaff(_ database: OpenedDatabase) async throws -> World {
    let brand = try loadBrand()
    return World(
      // No command of staff makes a code or a token, so that no key of the operator's is needed.
      store: database.store, keys: try SecretKeys([RandomBytes.system(32)]), limits: limits,
      brand: brand,
      correspondence: Correspondence(
        brand: brand, host: publicURL.host ?? "localhost", base: publicURL.absoluteString,
        alphabet: smsAlphabet),
      dispatchSignal: DispatchSignal(), now: try await database.clock(), randomBytes: .system,
      raise: { StandardError.write("belepo: \($0)\n") })
  }
}
