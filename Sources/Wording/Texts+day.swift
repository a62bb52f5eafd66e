extension Texts {
  /// A day in words, such as «2026. november 24.» or "24 November 2026".
  ///
  /// - Parameter date: ISO 8601, `2026-11-24`; anything else is shown as it is
  package func day(_ date: String) -> String {
    let parts = date.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    let months = self["date.months"].split(separator: " ")
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
      (1...months.count).contains(month)
    else { return date }
    return self[
      "date.day",
      ["year": String(year), "month": String(months[month - 1]), "day": String(day)]]
  }
}
