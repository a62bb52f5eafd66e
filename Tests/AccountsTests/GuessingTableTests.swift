import Domain
import Foundation
import TestSupport
import Testing

/// What an attacker can still try with the default limits, as `docs/security/limits.md` says it
/// (ASVS 6.1.1). `BELEPO_UPDATE=1` before the command writes the table.
@Suite struct GuessingTableTests {
  private static let path = "docs/security/limits.md"
  private static let networks = 200

  /// One thing that can be guessed.
  private struct Row {
    let what: String
    /// How many tries one network has in a day.
    let oneNetwork: Int
    let manyNetworks: Int
    /// How many values there are; `nil` for a password, which its owner chose.
    let values: Int?
    let opens: String

    var line: String {
      let chance = values.map { "1 in \(grouped($0 / max(1, manyNetworks)))" } ?? "–"
      return
        "| \(what) | \(grouped(oneNetwork)) | \(grouped(manyNetworks)) | \(chance) | \(opens) |"
    }

    private func grouped(_ number: Int) -> String {
      var digits = String(number)
      var groups: [String] = []
      while digits.count > 3 {
        groups.insert(String(digits.suffix(3)), at: 0)
        digits.removeLast(3)
      }
      return ([digits] + groups).joined(separator: ",")
    }
  }

  private func power(_ base: Int, _ exponent: Int) -> Int {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }

  /// Wrong passwords of one user name in a day that teach somebody anything, from however many
  /// networks; in the owner's own browser they are counted apart. `AttackersTests` play it.
  static func passwords(_ limits: Limits) -> Int { limits.loginFailuresPerUserNamePerDay }

  private func rows(_ limits: Limits) -> [Row] {
    let passwords = Self.passwords(limits)
    let letters = CodeAlphabet.unambiguous.symbols.count
    let codes = limits.codeTriesPerNetworkPerHour * 24
    let undo = limits.addressUndoTriesPerDay
    let pairs = limits.mismatchesPerNumberPerHour * 24
    return [
      Row(
        what: "the password of one user name", oneNetwork: passwords, manyNetworks: passwords,
        values: nil, opens: "the account"),
      Row(
        what: "as many again, with the owner's own browser", oneNetwork: passwords,
        manyNetworks: passwords, values: nil, opens: "the account"),
      Row(
        what: "an e-mailed code for a new password, or for a login", oneNetwork: codes,
        manyNetworks: codes * Self.networks, values: power(letters, 5),
        opens: "the account; for a login the password, too"),
      Row(
        what: "the code that undoes a changed user name", oneNetwork: undo,
        manyNetworks: undo * Self.networks, values: power(letters, 6),
        opens: "nothing: the owner's way back begins"),
      Row(
        what: "a code by SMS, in all, not in a day", oneNetwork: limits.smsFailuresPerCustomer,
        manyNetworks: limits.smsFailuresPerCustomer, values: power(10, 5),
        opens: "a registration, or an account that awaits a new proof"),
      Row(
        what: "the mobile number that belongs to a policy", oneNetwork: pairs,
        manyNetworks: pairs * Self.networks,
        values: limits.mobilePrefixes.count * power(10, 7), opens: "an SMS to its owner"),
    ]
  }

  @Test func `the table says what the default limits allow`() throws {
    let head = """
      | guessed | tries a day, one network | tries a day, 200 networks \
      | chance of 200 in a day | opens |
      | --- | ---: | ---: | ---: | --- |
      """
    let table = ([head] + rows(Limits()).map(\.line)).joined(separator: "\n")
    let text = try Repository.text(of: Self.path)
    let begin = "<!-- computed -->\n"
    let end = "\n<!-- end -->"
    let start = try #require(text.range(of: begin)).upperBound
    let stop = try #require(text.range(of: end)).lowerBound
    if ProcessInfo.processInfo.environment["BELEPO_UPDATE"] != nil {
      try text.replacingCharacters(in: start..<stop, with: table)
        .write(
          to: Repository.root.appendingPathComponent(Self.path), atomically: true, encoding: .utf8)
      return
    }
    #expect(
      text[start..<stop] == table, "run this test with BELEPO_UPDATE=1 and read the difference")
  }
}
