internal import Accounts
internal import Domain
internal import Wording

/// The sentence for each reason, by exhaustive switches: a new reason does not compile without one
/// (R1).
extension Texts {
  func sentence(for invalid: PolicyNumber.Invalid) -> String {
    switch invalid {
    case .empty: self["policyNumber.empty"]
    case .tooShort, .tooLong: self["policyNumber.length"]
    case .characters: self["policyNumber.characters"]
    }
  }

  func sentence(for invalid: CustomerNumber.Invalid) -> String {
    switch invalid {
    case .empty: self["customerNumber.empty"]
    case .length: self["customerNumber.length"]
    case .characters: self["customerNumber.characters"]
    }
  }

  /// Begins with the insurer's own sentence, then says what exactly is wrong (J3).
  func sentence(for invalid: MobileNumber.Invalid, prefixes: [String]) -> String {
    self["mobileNumber.wrong"] + ". " + detail(of: invalid, prefixes: prefixes)
  }

  private func detail(of invalid: MobileNumber.Invalid, prefixes: [String]) -> String {
    let list = prefixes.joined(separator: ", ")
    return switch invalid {
    case .empty: self["mobileNumber.empty"]
    case .characters: self["mobileNumber.characters"]
    case .tooShort(let missing): self["mobileNumber.tooShort", ["missing": String(missing)]]
    case .tooLong: self["mobileNumber.tooLong"]
    case .landline: self["mobileNumber.landline"]
    case .foreign: self["mobileNumber.foreign"]
    case .prefix: self["mobileNumber.prefix", ["prefixes": list]]
    case .prefixChoice: self["mobileNumber.prefixChoice", ["prefixes": list]]
    }
  }

  func sentence(for invalid: CodeEntry.Invalid) -> String {
    switch invalid {
    case .empty: self["code.empty"]
    case .length(let count): self["code.length", ["count": String(count)]]
    case .characters: self["code.characters"]
    }
  }

  func sentence(for mistake: CodeMistake) -> String {
    switch mistake {
    case .wrong(let triesLeft): wrongCode(triesLeft: triesLeft)
    case .expired: self["code.expired"]
    case .spent: self["code.spent"]
    }
  }

  func resendTooSoon(seconds: Int) -> String {
    self["code.tooSoon", ["seconds": String(seconds)]]
  }

  private func wrongCode(triesLeft: Int) -> String {
    switch triesLeft {
    case 0: self["code.spent"]
    case 1: self["code.wrong.one"]
    default: self["code.wrong.other", ["tries": String(triesLeft)]]
    }
  }

  func sentence(for invalid: EmailAddress.Invalid) -> String {
    switch invalid {
    case .empty: self["email.empty"]
    case .tooLong: self["email.tooLong"]
    case .noAt: self["email.noAt"]
    case .severalAt: self["email.severalAt"]
    case .invisible: self["email.invisible"]
    case .notASCII: self["email.notASCII"]
    case .localPart: self["email.localPart"]
    case .domain: self["email.domain"]
    }
  }

  func sentence(for message: FlashMessage) -> String {
    switch message {
    case .sameCode: self["flash.sameCode"]
    case .newCode: self["flash.newCode"]
    case .emailTaken: self["email.taken"]
    case .emailCorrected: self["flash.emailCorrected"]
    case .confirmed: self["flash.confirmed"]
    case .sessionEnded: self["flash.sessionEnded"]
    case .loggedOut: self["flash.loggedOut"]
    case .recoverySameCode: self["flash.recoverySameCode"]
    case .recoveryNewCode: self["flash.recoveryNewCode"]
    case .passwordRecovered: self["flash.passwordRecovered"]
    case .passwordChanged: self["flash.passwordChanged"]
    case .loggedOutEverywhere: self["flash.loggedOutEverywhere"]
    case .oldestEnded: self["flash.oldestEnded"]
    case .sessionClosed: self["flash.sessionClosed"]
    case .othersClosed: self["flash.othersClosed"]
    case .declared: self["flash.declared"]
    case .accepted: self["flash.accepted"]
    case .contractEnded: self["flash.contractEnded"]
    case .requested: self["flash.requested"]
    case .correspondenceSaved: self["flash.correspondenceSaved"]
    case .correspondenceRemoved: self["flash.correspondenceRemoved"]
    case .userNameSaved: self["flash.userNameSaved"]
    case .addressTaken: self["addressCode.taken"]
    case .userNameRestored: self["undo.done.title"]
    }
  }

  /// The name of a policy's status; one that only the register knows is shown unchanged.
  func policyStatus(_ status: String) -> String {
    switch status {
    case "active": self["policy.status.active"]
    case "terminated": self["policy.status.terminated"]
    case "suspended": self["policy.status.suspended"]
    default: status
    }
  }
}
