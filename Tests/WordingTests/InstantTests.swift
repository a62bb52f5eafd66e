internal import Domain
internal import Foundation
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
    let texts = try Brand.load(directory: nil).texts(in: .hungarian)
    #expect(texts.instant(try Date(iso, strategy: .iso8601)) == words)
  }

  @Test func `has an English reading too`() throws {
    let texts = try Brand.load(directory: nil).texts(in: .english)
    let instant = try Date("2026-11-24T12:05:00Z", strategy: .iso8601)
    #expect(texts.instant(instant) == "24 November 2026, 13:05")
    #expect(texts.day(of: instant) == "24 November 2026")
  }

  @Test(arguments: Language.allCases)
  func `a device nobody knows has words of its own`(language: Language) throws {
    let texts = try Brand.load(directory: nil).texts(in: language)
    #expect(texts.device(.unknown) == texts["device.unknown"])
    #expect(texts.device(Device(browser: .chrome, system: .android)) == "Chrome, Android")
  }
}
