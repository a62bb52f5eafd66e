internal import Foundation
internal import HTTPTypes
internal import Pages
internal import TestSupport
internal import Testing

/// A portal of the insurer's behind our login: the customer is sent back to where they wanted to
/// go, and nowhere else (attack 56).
@Suite struct `After the login` {
  private let places = ReturnPlaces(prefixes: ["/portal/"])

  @Test func `the customer is where they wanted to go`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      _ = try await anna.logOut()
      _ = try await anna.get("/bejelentkezes?vissza=%2Fportal%2Fkarok%3Fid%3D7")
      #expect(try await anna.logIn("anna@pelda.hu").location == "/portal/karok?id=7")
      // Once: the next login leads home again.
      _ = try await anna.logOut()
      #expect(try await anna.logIn("anna@pelda.hu").location == "/fiok")
    }
  }

  @Test func `so are they after the code that a new address needs`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      _ = try await anna.get("/bejelentkezes?vissza=/portal/")
      #expect(try await anna.logIn("anna@pelda.hu").location == "/megerosites")
      #expect(try await anna.confirmTheAddress(on: stage).location == "/portal/")
    }
  }

  @Test(arguments: [
    "https://evil.example/portal/", "//evil.example/portal/", "/\\evil.example", "/fiok", "/portal",
    "portal/", "/portal/../fiok", "/portal/%2e%2e/fiok", "/portal/./a", "/portal//evil.example",
    "/portal/a%2f..%2f..", "/portal/a\r\nSet-Cookie: a", "/portal/ a", "/portal/á", "/portal/a#b",
    "/portal/" + String(repeating: "a", count: 1024),
  ])
  func `nobody is sent anywhere else`(place: String) async throws {
    #expect(places.place(place) == nil)
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      _ = try await anna.logOut()
      _ = try await anna.get("/bejelentkezes?vissza=\(CustomerClient.encode(place))")
      #expect(try await anna.logIn("anna@pelda.hu").location == "/fiok")
      // Not by a cookie of the browser's own making either.
      _ = try await anna.logOut()
      anna.set("__Host-return", to: Data(place.utf8).base64EncodedString())
      #expect(try await anna.logIn("anna@pelda.hu").location == "/fiok")
    }
  }

  @Test(arguments: ["/portal/", "/portal/a/b.html", "/portal/a?b=c/../d&e=%2f", "/portal/%C3%A1"])
  func `what is below a prefix is a place`(place: String) {
    #expect(places.place(place) == place)
  }

  @Test(arguments: ["", "/", "portal/", "/portal", "/a/../", "/á/", "/a/,b", "https://a/b/"])
  func `a prefix that is none is refused with all others`(text: String) {
    #expect(ReturnPlaces.prefixes(text).isEmpty)
    #expect(ReturnPlaces.prefixes("/portal/, /iratok/ ") == ["/portal/", "/iratok/"])
  }
}
