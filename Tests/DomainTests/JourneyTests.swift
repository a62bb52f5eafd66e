import Domain
import Foundation
import Testing

/// The drawn journey, and what must be true of every way through it.
struct JourneyTests {
  private static let file = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("../../docs/journey.md").standardized

  let journey = Journey()

  @Test func `docs/journey.md shows the journey as the code walks it`() throws {
    if ProcessInfo.processInfo.environment["BELEPO_UPDATE"] != nil {
      try journey.page.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    let drawn = try String(contentsOf: Self.file, encoding: .utf8)
    #expect(drawn == journey.page, "run this test with BELEPO_UPDATE=1 and read the difference")
  }

  @Test func `every step can be reached`() {
    #expect(journey.steps == Set(Journey.order))
  }

  @Test func `an account is only ever made after a password for a given address`() {
    let ways = journey.arrows.filter { $0.to == "finished" && $0.from != "finished" }
    #expect(ways.map(\.from) == ["password"])
    #expect(ways.map(\.event) == ["account made"])
  }

  @Test func `nobody gets to the address without the right code`() {
    let ways = journey.arrows.filter { $0.to == "email" && $0.from == "phone" }
    #expect(Set(ways.map(\.event)) == ["right code"])
    #expect(
      Set(journey.arrows.filter { $0.to == "email" }.map(\.from)) == ["phone", "email", "password"])
  }

  @Test func `only the phone tells who has an account`() {
    let ways = journey.arrows.filter { $0.answer == "alreadyRegistered" }
    #expect(Set(ways.map(\.from)) == ["phone", "alreadyRegistered"])
    #expect(Set(ways.map(\.event)) == ["right code, has an account", "right code again"])
  }

  @Test(arguments: [
    "finished", "alreadyRegistered", "stopped: smsStepDisabled", "stopped: takenEmails",
  ])
  func `nothing leads out of an end`(step: String) {
    #expect(!journey.isLeft(step))
  }

  @Test func `what is over by age stays where it is`() {
    let over = journey.arrows.filter { $0.answer == "expired" }
    #expect(!over.isEmpty)
    #expect(over.allSatisfy { $0.from == $0.to })
  }
}
