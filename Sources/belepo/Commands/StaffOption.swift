internal import Accounts
internal import ArgumentParser
internal import Foundation

/// `--by` and `--reason`, which all commands share that the audit trail tells of.
struct StaffOption: ParsableArguments {
  @Option(help: "Who does it, for the audit trail; default: the user of this machine.")
  var by: String?
  @Option(help: "Why, for the audit trail. No names of customers: it is kept for ever.")
  var reason: String?

  func validate() throws {
    guard StaffAct(by: by ?? "x", reason: reason) != nil else {
      throw ValidationError(
        "--by and --reason take 1 to \(StaffAct.longest) bytes without control characters.")
    }
  }

  var act: StaffAct {
    get throws {
      guard let act = StaffAct(by: by ?? NSUserName(), reason: reason) else {
        throw Failure("This machine does not know its user: say --by.", .badData)
      }
      return act
    }
  }
}
