internal import Glibc

/// Made-up files of any size, like those of an insurer: the same number and seed always make the
/// same bytes.
///
/// What is odd in real registers is here at about the rate at which it is odd there: shared,
/// foreign, unreadable and missing telephone numbers, every way of writing them, old numbers, some
/// of which two customers have, names in quotes. No row is rejected; some cells are warned of.
package struct GeneratedRegister: Sendable {
  /// More customers would not find a number each.
  package static let sizes = 1...100_000_000

  private let count: Int
  private let seed: UInt64

  /// - Parameter customers: one of ``sizes``; there are six policies for five of them
  package init(customers: Int, seed: UInt64) {
    precondition(Self.sizes.contains(customers), "A register has at least one customer.")
    count = customers
    self.seed = seed
  }

  package func writeCustomers(into path: String) throws(FileFault) {
    let file = try GeneratedFile(path: path)
    try file.write("customer_number,old_customer_number,name,sms_number,email,status\n")
    for index in 0..<count { try file.write(customerLine(index)) }
    try file.close()
  }

  package func writePolicies(into path: String) throws(FileFault) {
    let file = try GeneratedFile(path: path)
    try file.write("policy_number,customer_number,product,status,valid_from,valid_to\n")
    for index in 0..<count + count / 5 { try file.write(policyLine(index)) }
    try file.close()
  }

  // MARK: Customers

  /// Letters and digits, in rising order, with gaps between them, as years leave them.
  private func customerNumber(_ index: Int) -> String {
    // All numbers of seven characters, and a gap of its own for each customer.
    let gap = 78_364_164_096 / Self.sizes.upperBound
    var dice = Dice(seed, 1, index)
    var number = index * gap + dice.below(gap)
    var digits: [UInt8] = []
    for _ in 0..<7 {
      let digit = UInt8(number % 36)
      digits.append(digit < 10 ? 0x30 + digit : 0x41 + digit - 10)
      number /= 36
    }
    return String(decoding: digits.reversed(), as: UTF8.self)
  }

  private func customerLine(_ index: Int) -> String {
    var dice = Dice(seed, 2, index)
    let family = dice.one(of: Names.families)
    let given = dice.one(of: Names.given)
    let name = dice.happens(100) ? "\"dr. \(family), özv. \(given)\"" : "\(family) \(given)"
    // Families share a phone.
    var phoneDice = Dice(seed, 3, dice.happens(300) && index > 0 ? index - 1 : index)
    let fields = [
      customerNumber(index), oldNumbers(index, &dice), name, phone(&phoneDice),
      email(family, given, index, &dice), status(&dice),
    ]
    return fields.joined(separator: ",") + "\n"
  }

  private func oldNumbers(_ index: Int, _ dice: inout Dice) -> String {
    if !dice.happens(2_000) { return "" }
    // Once in a while two customers have the same.
    let first =
      dice.happens(100) ? "R\(1 + dice.below(count / 1_000 + 1))" : "R\(1_000_000 + index)"
    return dice.happens(500) ? first + " T\(index)" : first
  }

  private func phone(_ dice: inout Dice) -> String {
    if dice.happens(600) { return "" }
    if dice.happens(20) { return dice.one(of: ["nincs", "-", "0", "letiltva"]) }
    if dice.happens(100) { return "+43 664 \(dice.digits(7))" }
    if dice.happens(400) { return "06 1 \(2 + dice.below(3))\(dice.digits(2)) \(dice.digits(4))" }
    let prefix = dice.one(of: ["20", "30", "30", "70"])
    // A subscriber's number begins with neither 0 nor 1: prefixes do.
    let (head, tail) = ("\(2 + dice.below(8))\(dice.digits(2))", dice.digits(4))
    return switch dice.below(10) {
    case 0: "06 \(prefix) \(head) \(tail)"
    case 1: "06-\(prefix)/\(head)-\(tail)"
    case 2: "06\(prefix)\(head)\(tail)"
    case 3: "\(prefix)\(head)\(tail)"
    default: "+36\(prefix)\(head)\(tail)"
    }
  }

  private func email(
    _ family: String, _ given: String, _ index: Int, _ dice: inout Dice
  ) -> String {
    if dice.happens(4_500) { return "" }
    if dice.happens(30) { return dice.one(of: ["nincs", "-", "n/a", "nem ad meg"]) }
    let host = dice.one(of: ["pelda.example", "posta.example", "level.example"])
    return "\(Names.plain(family)).\(Names.plain(given))\(index)@\(host)"
  }

  private func status(_ dice: inout Dice) -> String {
    if dice.happens(500) { return "closed" }
    if dice.happens(100) { return "deceased" }
    return dice.happens(50) ? "blocked" : "active"
  }

  // MARK: Policies

  /// In the order of their numbers, as they were issued; whose they are is in no order.
  private func policyLine(_ index: Int) -> String {
    var dice = Dice(seed, 4, index)
    let total = count + count / 5
    let year = 1996 + index * 30 / total
    let sequence = String(100_000_000 + index).dropFirst()
    let product = dice.one(of: [
      "lakásbiztosítás", "kötelező gépjármű-felelősségbiztosítás", "casco", "életbiztosítás",
      "balesetbiztosítás",
    ])
    let isOver = dice.happens(1_500)
    let day = "\(two(1 + dice.below(12)))-\(two(1 + dice.below(28)))"
    let fields = [
      "BP-\(year)-\(sequence)", customerNumber(dice.below(count)), product,
      isOver ? "terminated" : "active", "\(year)-\(day)", isOver ? "\(year + 1)-\(day)" : "",
    ]
    return fields.joined(separator: ",") + "\n"
  }

  private func two(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}

/// Chance that is the same each time: SplitMix64, begun anew for each row.
private struct Dice {
  private var state: UInt64

  init(_ seed: UInt64, _ kind: UInt64, _ index: Int) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 &+ kind &* 0xD1B5_4A32_D192_ED03
    state ^= UInt64(truncatingIfNeeded: index) &* 0xBF58_476D_1CE4_E5B9
  }

  mutating func next() -> UInt64 {
    state = state &+ 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// - Parameter limit: at least 1
  mutating func below(_ limit: Int) -> Int {
    Int(next() % UInt64(limit))
  }

  /// Whether something happens that does so in so many of 10,000 cases.
  mutating func happens(_ share: Int) -> Bool {
    below(10_000) < share
  }

  mutating func one(of choices: [String]) -> String {
    choices[below(choices.count)]
  }

  mutating func digits(_ count: Int) -> String {
    (0..<count).map { _ in String(below(10)) }.joined()
  }
}

private enum Names {
  static let families = [
    "Nagy", "Kovács", "Tóth", "Szabó", "Horváth", "Varga", "Kiss", "Molnár", "Németh", "Farkas",
    "Balogh", "Papp", "Takács", "Juhász", "Lakatos", "Mészáros", "Oláh", "Simon", "Rácz", "Fekete",
    "Szilágyi", "Török", "Fehér", "Balázs", "Gál", "Kis", "Szűcs", "Kocsis", "Orsós", "Pintér",
    "Fodor", "Szalai", "Sipos", "Magyar", "Lukács", "Gulyás", "Biró", "Király", "Katona", "László",
    "Kovácsné Őry", "Vörösmarty-Dűlő",
  ]
  static let given = [
    "László", "István", "József", "János", "Zoltán", "Sándor", "Gábor", "Ferenc", "Attila", "Péter",
    "Tamás", "Zsolt", "Tibor", "András", "Csaba", "Imre", "Lajos", "György", "Balázs", "Gyula",
    "Mária", "Erzsébet", "Katalin", "Ilona", "Éva", "Anna", "Zsuzsanna", "Margit", "Judit", "Ágnes",
    "Andrea", "Julianna", "Ildikó", "Erika", "Krisztina", "Irén", "Eszter", "Magdolna", "Mónika",
    "Edit", "Gabriella", "Szilvia", "Tünde", "Győző",
  ]

  /// A name as it stands in an address.
  static func plain(_ name: String) -> String {
    let plain: [Character: Character] = [
      "á": "a", "é": "e", "í": "i", "ó": "o", "ö": "o", "ő": "o", "ú": "u", "ü": "u", "ű": "u",
      " ": "-",
    ]
    return String(name.lowercased().map { plain[$0] ?? $0 })
  }
}

/// A file that is written in large pieces.
private final class GeneratedFile {
  private static let pieceSize = 262_144

  private let path: String
  private let descriptor: Int32
  private var piece: [UInt8] = []

  init(path: String) throws(FileFault) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw FileFault(path: path, number: errno) }
  }

  deinit {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
  }

  func write(_ text: String) throws(FileFault) {
    piece += text.utf8
    if piece.count >= Self.pieceSize { try flush() }
  }

  func close() throws(FileFault) {
    try flush()
  }

  private func flush() throws(FileFault) {
    var done = 0
    while done < piece.count {
      let count = piece.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileFault(path: path, number: count < 0 ? errno : ENOSPC) }
      done += count
    }
    piece.removeAll(keepingCapacity: true)
  }
}
