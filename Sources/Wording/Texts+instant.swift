package import FoundationEssentials

extension Texts {
  /// Day and time as a clock in Hungary shows them: «2026. november 24. 13:05».
  package func instant(_ instant: Date) -> String {
    let text = BudapestTime.iso8601(instant)
    return self[
      "date.instant",
      ["day": day(String(text.prefix(10))), "time": String(text.dropFirst(11).prefix(5))]]
  }

  /// The day of an instant, as a calendar in Hungary shows it.
  package func day(of instant: Date) -> String {
    day(String(BudapestTime.iso8601(instant).prefix(10)))
  }
}

/// The clocks of Hungary: an hour ahead of UTC, and two from the last Sunday of March to the last
/// Sunday of October, as the whole Union changes them at 01:00 UTC (Directive 2000/84/EC).
enum BudapestTime {
  static func iso8601(_ instant: Date) -> String {
    instant.addingTimeInterval(isSummer(instant) ? 7200 : 3600).ISO8601Format()
  }

  private static func isSummer(_ instant: Date) -> Bool {
    let year = String(instant.ISO8601Format().prefix(4))
    guard let start = lastSunday(of: "\(year)-03-31"), let end = lastSunday(of: "\(year)-10-31")
    else { return false }
    return instant >= start && instant < end
  }

  /// 01:00 UTC on the last Sunday of a month of 31 days.
  private static func lastSunday(of lastDay: String) -> Date? {
    guard let last = try? Date("\(lastDay)T01:00:00Z", strategy: .iso8601) else { return nil }
    let days = Int(last.timeIntervalSince1970) / 86_400
    // The first of January 1970 was a Thursday.
    let weekday = (days + 4) % 7
    return last.addingTimeInterval(-Double(weekday * 86_400))
  }
}
