import Accounts
import Domain
import Outbox
import Persistence
import TestSupport

/// What a customer does where addresses are changed.
extension Stage {
  func ask(
    _ email: String, for purpose: AddressChanges.Purpose, of account: Account,
    password: String = Stage.password
  ) async throws -> AddressChanges.RequestOutcome {
    try await addressChanges.request(
      try EmailAddress(email), for: purpose, password: password, of: account.id)
  }

  func enter(
    _ code: some StringProtocol, for purpose: AddressChanges.Purpose, of account: Account,
    session: Token? = nil
  ) async throws -> AddressChanges.Outcome {
    try await addressChanges.enterCode(
      try CodeEntry(String(code), alphabet: .unambiguous), for: purpose, of: account.id,
      session: session)
  }

  /// Asks for an address and types the code that came to it.
  func change(
    to email: String, for purpose: AddressChanges.Purpose, of account: Account,
    session: Token? = nil
  ) async throws -> AddressChanges.Outcome {
    _ = try await ask(email, for: purpose, of: account)
    let code = try await code(sentTo: email)
    return try await enter(code, for: purpose, of: account, session: session)
  }

  func undo(
    _ email: String, _ code: some StringProtocol, from network: String? = nil
  ) async throws -> AddressChanges.UndoOutcome {
    try await addressChanges.undo(
      userName: try EmailAddress(email), try CodeEntry(String(code), alphabet: .unambiguous),
      from: network)
  }

  /// The newest code that was sent to an address.
  func code(sentTo email: String) async throws -> String {
    let symbols = Set(CodeAlphabet.unambiguous.symbols)
    for message in try await post() where message.to == email {
      let words = message.text.split { !$0.isLetter && !$0.isNumber }
      let code = words.first { $0.utf8.count == 6 && $0.utf8.allSatisfy(symbols.contains) }
      if let code { return String(code) }
    }
    struct NoLetter: Error {}
    throw NoLetter()
  }

  /// To whom messages of a kind went, sorted.
  func recipients(of kind: Message.Kind) async throws -> [String] {
    try await store.read { transaction in
      try transaction.rows(
        "SELECT recipient FROM message WHERE kind = \(kind.rawValue) ORDER BY recipient"
      ).map { try $0.value("recipient") }
    }
  }

  func userName(of account: Account) async throws -> String? {
    try await store.read { transaction in
      try transaction.row("SELECT email_shown FROM account WHERE id = \(account.id)")?
        .value("email_shown")
    }
  }

  /// The account as it is now.
  func renewed(_ account: Account) async throws -> Account {
    Account(
      id: account.id, customer: account.customer,
      email: try EmailAddress(try await userName(of: account) ?? ""),
      emailConfirmedAt: account.emailConfirmedAt, language: account.language)
  }

  func correspondence(of account: Account) async throws -> String? {
    try await addressChanges.profile(of: try await renewed(account)).correspondence?.address
  }
}

/// Another code than this one, of letters and digits.
func wrongLetters(_ code: String, by distance: Int = 1) -> String {
  let symbols = CodeAlphabet.unambiguous.symbols
  var typed = Array(code.utf8)
  let place = symbols.firstIndex(of: typed[1]) ?? 0
  typed[1] = symbols[(place + distance) % symbols.count]
  return String(decoding: typed, as: UTF8.self)
}
