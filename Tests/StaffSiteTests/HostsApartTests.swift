internal import Accounts
internal import CustomerSite
internal import Domain
internal import HTTPTypes
internal import StaffSite
internal import TestSupport
internal import Testing
internal import Wording

/// Two sites, one program: nothing of the one is reached under the other.
@Suite struct `The two sites` {
  @Test func `the customers' answers 404 for every path of staff`() async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      for path in StaffPath.allCases {
        let status = try await browser.get(path.rawValue).status
        #expect(status == .notFound, "\(path.rawValue)")
      }
    }
  }

  @Test func `the staff's answers 404 for every path of customers`() async throws {
    let stage = try await Stage()
    try await stage.playForStaff { browser in
      for path in CustomerPath.allCases where path != .opening {
        let status = try await browser.get(path.rawValue).status
        #expect(status == .notFound, "\(path.rawValue)")
      }
      let demo = try await browser.get("/demo/uzenetek").status
      #expect(demo == .notFound)
      let lost = stage.world.brand.texts(in: .hungarian)["staffError.notFound.body"]
      #expect(try await browser.get("/nincs").says(lost))
    }
  }

  @Test func `know nothing of each other's sessions`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.supervisor)
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      let session = try #require(anna.cookie("__Host-session"))
      try await stage.playForStaff { browser in
        browser.set("__Host-session", to: session)
        browser.set("__Host-staff-session", to: session)
        #expect(try await browser.get("/munkatars/kereses").status == .seeOther)
        try await browser.logIn(eva, on: stage)
        let ours = try #require(browser.cookie("__Host-staff-session"))
        let thief = anna.stranger()
        thief.set("__Host-session", to: ours)
        #expect(try await thief.get("/fiok").location?.hasPrefix("/bejelentkezes") == true)
      }
    }
  }

  @Test func `run no script for staff, and frame nothing`() async throws {
    let stage = try await Stage()
    try await stage.playForStaff { browser in
      let page = try await browser.get("/munkatars/bejelentkezes")
      let policy = page.headers[values: .contentSecurityPolicy].joined()
      #expect(policy.contains("script-src 'none'") && policy.contains("default-src 'none'"))
      #expect(!page.body.contains("<script"))
      #expect(page.headers[.cacheControl] == "no-store")
    }
  }
}
