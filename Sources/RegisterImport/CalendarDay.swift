/// A day that exists, in the form of ISO 8601: `2026-01-31`.
struct CalendarDay: Comparable {
  let text: String

  init(_ text: String) throws(Invalid) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D,
      let year = Self.number(bytes[..<4]), let month = Self.number(bytes[5..<7]),
      let day = Self.number(bytes[8...]),
      year >= 1, (1...12).contains(month), day >= 1,
      day <= Self.length(ofMonth: month, in: year)
    else { throw Invalid() }
    self.text = text
  }

  /// All have ten digits and hyphens, so their text order is their time order.
  static func < (one: CalendarDay, other: CalendarDay) -> Bool {
    one.text < other.text
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func length(ofMonth month: Int, in year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: isLeap(year) ? 29 : 28
    default: 31
    }
  }

  private static func isLeap(_ year: Int) -> Bool {
    year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
  }

  struct Invalid: Error {}
}
