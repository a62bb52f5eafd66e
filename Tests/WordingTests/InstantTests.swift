internal import Domain
internal import Foundation
internal import TestSupport
internal import Testing
internal import Wording

/// Day and time as a clock in Hungary shows them.
@Suite struct `An instant` {
  @Test(arguments: [
    ("2026-11-24T12:05:00Z", "2026. november 24. 13:05"),
    ("2026-07-01T22:30:00Z", "2026. július 2. 00:30"),
    ("2026-12-31T23:00:00Z", "2027. január 1. 00:00"),
    // The clocks of 2026 are changed on 29 March and on 25 October, at one o'clock UTC.
    ("2026-03-29T00:59:59Z", "2026. március 29. 01:59"),
    ("2026-03-29T01:00:00Z", "2026. március 29. 03:00"),
    ("2026-10-25T00:59:59Z", "2026. október 25. 02:59"),
    ("2026-10-25T01:00:00Z", "2026. október 25. 02:00"),
    // A year whose March ends with a Sunday, and one whose October does.
    ("2024-03-31T01:00:00Z", "2024. március 31. 03:00"),
    ("2027-10-31T00:59:59Z", "2027. október 31. 02:59"),
    ("2027-10-31T01:00:00Z", "2027. október 31. 02:00"),
  ])
  func `is told by the clocks of Hungary`(iso: String, words: String) throws {
    let texts = try Props.brand.get().texts(in: .hungarian)
    let told = texts.instant(try Date(iso, strategy: .iso8601))
    #expect(told == words)
  }

  @Test func `has an English reading too`() throws {
    let texts = try Props.brand.get().texts(in: .english)
    let instant = try Date("2026-11-24T12:05:00Z", strategy: .iso8601)
    #expect(texts.instant(instant) == "24 November 2026, 13:05")
    #expect(texts.day(of: instant) == "24 November 2026")
  }

  @Test(arguments: [
    ("2026-11-24T09:32:00Z", 600.0, "10:42", "10:42"),
    ("2026-11-24T22:55:00Z", 600, "november 25. 00:05", "25 November, 00:05"),
    ("2026-12-31T12:00:00Z", 86_400, "január 1. 13:00", "1 January, 13:00"),
    ("2028-02-28T23:30:00Z", 86_400, "március 1. 00:30", "1 March, 00:30"),
  ])
  func `to come is told by the clock, and by its day when that is another`(
    now: String, seconds: Double, hungarian: String, english: String
  ) throws {
    let now = try Date(now, strategy: .iso8601)
    let end = now.addingTimeInterval(seconds)
    let brand = try Props.brand.get()
    for (language, words) in [(Language.hungarian, hungarian), (Language.english, english)] {
      let told = brand.texts(in: language).clock(until: end, from: now)
      #expect(told == words)
    }
  }

  /// Half a minute past is told as the minute before it to whom something ends, and as the one
  /// after it to whom something begins.
  @Test(arguments: [
    ("2026-11-24T09:33:40Z", 30, "10:33", "10:34"), ("2026-11-24T09:33:00Z", 30, "10:33", "10:33"),
    ("2026-11-24T09:33:01Z", 61, "10:33", "10:34"), ("2026-11-24T09:59:59Z", 60, "10:59", "11:00"),
    ("2026-11-24T22:59:30Z", 30, "23:59", "november 25. 00:00"),
  ])
  func `is told no later than true when something ends, and no earlier when it begins`(
    instant: String, seconds: Int, end: String, beginning: String
  ) throws {
    let instant = try Date(instant, strategy: .iso8601)
    let texts = try Props.brand.get().texts(in: .hungarian)
    #expect(texts.clock(at: instant, inSeconds: seconds) == end)
    let told = texts.clock(from: instant, inSeconds: seconds)
    #expect(told == beginning)
    #expect(texts.instant(from: instant).hasSuffix(beginning.suffix(5)))
  }

  @Test func `is the day that a calendar has, for four hundred years`() throws {
    let texts = try Props.brand.get().texts(in: .hungarian)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    // Winter at noon: an hour ahead of UTC changes no day.
    for year in stride(from: 1700, through: 2100, by: 1) {
      for (month, day) in [(1, 1), (2, 28), (3, 1), (12, 31)] {
        let date = try #require(
          calendar.date(from: DateComponents(year: year, month: month, day: day, hour: 12)))
        let iso = String(date.ISO8601Format().prefix(10))
        #expect(texts.day(of: date) == texts.day(iso))
      }
    }
  }

  @Test(arguments: Language.allCases)
  func `a device nobody knows has words of its own`(language: Language) throws {
    let texts = try Props.brand.get().texts(in: language)
    #expect(texts.device(.unknown) == texts["device.unknown"])
    #expect(texts.device(Device(browser: .chrome, system: .android)) == "Chrome, Android")
  }
}
