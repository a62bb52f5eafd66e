package import FoundationEssentials

extension Texts {
  /// Day and time as a clock in Hungary shows them: «2026. november 24. 13:05».
  package func instant(_ instant: Date) -> String {
    let text = BudapestTime.iso8601(instant)
    return self[
      "date.instant",
      ["day": day(String(text.prefix(10))), "time": String(text.dropFirst(11).prefix(5))]]
  }

  /// A time to come, as a clock shows it: «13:05», and with the day when that is another one. What
  /// is valid until then is never told to be so longer than true.
  ///
  /// - Parameter seconds: from now until then
  package func clock(at instant: Date, inSeconds seconds: Int) -> String {
    let text = BudapestTime.iso8601(instant)
    let time = String(text.dropFirst(11).prefix(5))
    let now = BudapestTime.iso8601(instant.addingTimeInterval(-Double(seconds)))
    guard text.prefix(10) != now.prefix(10) else { return time }
    return self["date.instant", ["day": dayOfYear(String(text.prefix(10))), "time": time]]
  }

  /// A time to come from which on something is allowed: never told earlier than true.
  ///
  /// - Parameter seconds: from now until then
  package func clock(from instant: Date, inSeconds seconds: Int) -> String {
    let minute = Texts.minute(notBefore: instant)
    // What is left of the minute changes no day between now and then.
    let rest = Int(exactly: minute.timeIntervalSince(instant).rounded(.up)) ?? 0
    return clock(at: minute, inSeconds: max(0, seconds) + rest)
  }

  /// A time to come until which something is valid, as it is told at another instant.
  package func clock(until instant: Date, from now: Date) -> String {
    clock(at: instant, inSeconds: Int(instant.timeIntervalSince(now).rounded()))
  }

  /// Day and time from which on something is allowed: never told earlier than true.
  package func instant(from instant: Date) -> String {
    self.instant(Texts.minute(notBefore: instant))
  }

  private static func minute(notBefore instant: Date) -> Date {
    Date(timeIntervalSince1970: (instant.timeIntervalSince1970 / 60).rounded(.up) * 60)
  }

  /// The day of an instant, as a calendar in Hungary shows it.
  package func day(of instant: Date) -> String {
    day(String(BudapestTime.iso8601(instant).prefix(10)))
  }
}

/// The clocks of Hungary: an hour ahead of UTC, and two from the last Sunday of March to the last
/// Sunday of October, as the whole Union changes them at 01:00 UTC (Directive 2000/84/EC).
///
/// By arithmetic: every page tells a time, and a calendar would cost more than the page.
enum BudapestTime {
  /// Such as `2026-11-24T13:05`.
  static func iso8601(_ instant: Date) -> String {
    // A number that no clock shows is no reason to stop.
    let utc = Int(exactly: instant.timeIntervalSince1970.rounded(.down)) ?? 0
    let local = utc + (isSummer(utc) ? 7200 : 3600)
    let (days, seconds) = (floor(local, by: 86_400), modulo(local, by: 86_400))
    let (year, month, day) = civil(days)
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T"
      + padded(seconds / 3600, 2) + ":" + padded(seconds % 3600 / 60, 2)
  }

  private static func isSummer(_ utc: Int) -> Bool {
    let year = civil(floor(utc, by: 86_400)).year
    return utc >= lastSunday(of: 3, year) && utc < lastSunday(of: 10, year)
  }

  /// 01:00 UTC on the last Sunday of a month of 31 days.
  private static func lastSunday(of month: Int, _ year: Int) -> Int {
    let last = daysSince1970(year, month, 31)
    // The first of January 1970 was a Thursday.
    return (last - modulo(last + 4, by: 7)) * 86_400 + 3600
  }

  /// The day of the Gregorian calendar; eras of 400 years that begin in March, so that the leap day
  /// is a year's last.
  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = floor(shifted, by: 146_097)
    let ofEra = modulo(shifted, by: 146_097)
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * ofYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, ofYear - (153 * march + 2) / 5 + 1)
  }

  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = floor(shifted, by: 400)
    let yearOfEra = modulo(shifted, by: 400)
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear - 719_468
  }

  private static func floor(_ number: Int, by divisor: Int) -> Int {
    (number - modulo(number, by: divisor)) / divisor
  }

  private static func modulo(_ number: Int, by divisor: Int) -> Int {
    let rest = number % divisor
    return rest < 0 ? rest + divisor : rest
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
