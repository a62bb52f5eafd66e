internal import Accounts
internal import Domain
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// The trail keeps the program's words; whoever reads it on the site reads a language.
@Suite struct `What staff did and callers met` {
  /// What only a program writes.
  private static let internals = ["by anna", "because", "in full", "other_mobile", "call:"]

  @Test(arguments: [
    (
      "hu",
      [
        "munkatárs: anna.agent", "ok: Hív az ügyfél: telefonon kérdez",
        "megmutatta: SMS-telefonszám",
      ]
    ),
    (
      "en",
      ["reason: The customer is calling: telefonon kérdez", "shown in full: "]
    ),
  ])
  func `is read in the language of the page, and only what was typed is as it was typed`(
    language: String, words: [String]
  ) async throws {
    let stage = try await Stage()
    let (eva, reader) = (
      try await stage.colleague(.agent), try await stage.colleague(.auditor)
    )
    let wrong = CustomerClient.claim(of: .anna).merging(["mobileNumber": "9999999"]) { $1 }
    _ = try await stage.caseNumberOfMismatch(wrong)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      try await browser.post("/munkatars/ugy/adat", ["szam": number, "value": "phone"])
      let page = try await browser.get("/munkatars/ugy?szam=\(number)&nyelv=\(language)")
      let second = browser.stranger()
      try await second.logIn(reader, on: stage)
      let trail = try await second.get("/munkatars/naplo?nyelv=\(language)")
      for word in words { #expect(trail.says(word), "\(word)\n\(trail.main)") }
      for word in Self.internals where language == "hu" {
        #expect(!trail.main.contains(word) && !page.main.contains(word), "\(word)")
      }
      #expect(!page.main.contains("other_mobile") && !page.main.contains("call:"))
    }
  }

  @Test func `is read so, too, where nobody gets a code`() async throws {
    var limits = Limits()
    limits.smsFailuresPerDay = 0
    let stage = try await Stage(limits: limits)
    let eva = try await stage.colleague(.agent)
    _ = try await stage.registrations.identify(try Cast.anna.claim(), on: stage.visit())
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let page = try await browser.openCase(of: Cast.anna.number)
      #expect(page.says("a téves kódok napi korlátja az egész portálon"), "\(page.main)")
      #expect(!page.main.contains("suspended"))
    }
  }
}
