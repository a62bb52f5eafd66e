internal import Foundation
internal import Wording

extension Texts {
  /// A day in Hungary, in words.
  func day(of instant: Date) -> String { day(HungarianClock.date(instant)) }

  /// A day in Hungary in words, and the time on the clock.
  func minute(of instant: Date) -> String {
    "\(day(of: instant)) \(HungarianClock.time(instant))"
  }
}

/// The clock on a Hungarian wall.
private enum HungarianClock {
  private static let calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "Europe/Budapest") ?? .gmt
    return calendar
  }()

  static func date(_ instant: Date) -> String {
    let parts = calendar.dateComponents([.year, .month, .day], from: instant)
    return "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))"
  }

  static func time(_ instant: Date) -> String {
    let parts = calendar.dateComponents([.hour, .minute], from: instant)
    return "\(two(parts.hour)):\(two(parts.minute))"
  }

  private static func two(_ number: Int?) -> String {
    let digits = String(number ?? 0)
    return digits.count < 2 ? "0\(digits)" : digits
  }
}
