extension Texts {
  /// A day in words, such as «2026. november 24.» or "24 November 2026".
  ///
  /// - Parameter date: ISO 8601, `2026-11-24`; anything else is shown as it is
  package func day(_ date: String) -> String {
    guard let parts = parts(of: date) else { return date }
    return self["date.day", ["year": parts.year, "month": parts.month, "day": parts.day]]
  }

  /// A day without its year, such as «november 24.»: one that everybody knows is near.
  func dayOfYear(_ date: String) -> String {
    guard let parts = parts(of: date) else { return date }
    return self["date.dayOfYear", ["month": parts.month, "day": parts.day]]
  }

  private func parts(of date: String) -> (year: String, month: String, day: String)? {
    let parts = date.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    let months = self["date.months"].split(separator: " ")
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
      months.indices.contains(month - 1)
    else { return nil }
    return (String(year), String(months[month - 1]), String(day))
  }
}
