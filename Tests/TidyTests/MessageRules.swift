internal import TestSupport

/// Who may queue a message without asking the one rule of whom it may go to (D 12).
///
/// `enqueue(_:to:at:)` asks how the owner's account stands, `SMSNotices` the same for a notice by
/// SMS. A customer who is blocked or dead once got messages that went past both.
enum MessageRules {
  /// A place, how many messages are queued in it directly, and who asks the rule instead.
  struct Place {
    let file: String
    let count: Int
    let reason: String
  }

  static let places = [
    Place(
      file: "Sources/Accounts/Account/OwnerMessages.swift", count: 3,
      reason: "the rule itself: of an account, of a notice by SMS, of a customer without account"),
    Place(
      file: "Sources/Accounts/Staff/Acts/CallerProofs.swift", count: 1,
      reason: "`numberForMessages` asks the register; a lock keeps nobody from the proof"),
    Place(
      file: "Sources/Accounts/Staff/Acts/CaseActs+effects.swift", count: 1,
      reason: "the answer to a request about data has a rule of its own, `getsAnswers`"),
    Place(
      file: "Sources/Accounts/Codes/SharedCodes.swift", count: 1,
      reason: "`mayRecover` and `askForCode` ask it; the letter to nobody is written all the same, "
        + "and torn up"),
    Place(
      file: "Sources/Accounts/Registration/Registrations+phoneVerification.swift", count: 1,
      reason: "there is no account yet; `numberToText` asks the register in the same transaction"),
    Place(
      file: "Sources/Accounts/Registration/Registrations+password.swift", count: 1,
      reason: "the account was made a moment ago; `numberToText` has asked the register for it"),
  ]

  static func faults(in file: Repository.File, _ code: SwiftCode) -> [Fault] {
    guard file.path.hasPrefix("Sources/"), !file.path.hasPrefix("Sources/Outbox/") else {
      return []
    }
    let allowed = places.first { $0.file == file.path }?.count ?? 0
    let lines = direct(in: code)
    guard lines.count > allowed else { return [] }
    return lines.dropFirst(allowed).map { line in
      Fault(
        file: file.path, line: line,
        words: "a message that asks no rule; use enqueue(_:to:at:) or SMSNotices, or name the file "
          + "in MessageRules and say who asks it")
    }
  }

  /// The lines on which a message is queued without its owner: calls of a transaction's `enqueue`
  /// with no `to:` of their own.
  static func direct(in code: SwiftCode) -> [Int] {
    code.text.ranges(of: #/\.enqueue\(|\btry enqueue\(/#).compactMap { call in
      guard !hasOwner(code.text[call.upperBound...]) else { return nil }
      return code.text[..<call.lowerBound].count { $0 == "\n" } + 1
    }
  }

  /// Whether one of a call's own arguments, and not one within another call, is labelled `to`.
  private static func hasOwner(_ arguments: Substring) -> Bool {
    var depth = 0
    for place in arguments.indices {
      switch arguments[place] {
      case "(", "[", "{": depth += 1
      case ")", "]", "}":
        if depth == 0 { return false }
        depth -= 1
      case "t" where depth == 0 && arguments[place...].starts(with: "to: "):
        let before = arguments[..<place].last
        if before.map({ " ,\n".contains($0) }) ?? true { return true }
      default: break
      }
    }
    return false
  }
}
