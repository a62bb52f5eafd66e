internal import Accounts
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdTesting
internal import TestSupport
internal import Testing
internal import Wording

@testable internal import CustomerSite
@testable internal import Pages

/// What is shown beside a link to the portal, where people send it to each other.
@Suite struct `A link to the portal` {
  private static let origin = "https://portal.pelda.example"

  /// As much of a PNG as the program looks at.
  private static let picture: [UInt8] =
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
    + [0, 0, 0, 40, 0, 0, 0, 20]
  private static let drawing = Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8)

  private static let facts = """
    insurerName: Minta Biztosító
    portalName: Ügyfélportál
    callCentrePhone: 06-1-234-5678
    callCentreHours:
      hu: reggeltől estig
      en: all day
    email: segitseg@minta.example
    accentColour: "#102030"
    accentColourOnDark: "#f0e0d0"
    passwordContextWords: []

    """

  /// Looks at the opening page of an insurer that has this file for its logo, or none.
  private func look(
    logo name: String?, _ bytes: [UInt8], at origin: String?,
    _ story: @escaping @Sendable (CustomerClient) async throws -> Void
  ) async throws {
    let stage = try await Stage()
    let site = try await ScratchFolder.use { file in
      let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
      let facts = Self.facts + (name.map { "logo: \($0)\n" } ?? "")
      try Data(facts.utf8).write(to: folder.appendingPathComponent("brand.yaml"))
      if let name { try Data(bytes).write(to: folder.appendingPathComponent(name)) }
      return try Site(
        brand: try Brand.load(directory: folder.path), isDemo: false, keys: stage.world.keys,
        templateFolders: [CustomerSite.templates], origin: origin)
    }
    let router = site.guardedRouter(
      at: SiteAddress(hosts: ["localhost"], origin: Self.origin, isSecure: true),
      allowedMethods: { _ in [.get, .head] }, outage: { _ in nil })
    let opening = OpeningScreen(site: site, code: nil)
    router.get("/", use: opening.showOpening)
    for path in site.assets.paths {
      router.get(RouterPath(path)) { _, _ in try site.asset(path) }
    }
    try await Application(router: router).test(.router) { client in
      try await story(CustomerClient(client))
    }
  }

  /// What a page says of itself under a name of the Open Graph protocol.
  private static func told(_ property: String, on page: CustomerClient.Answer) -> String? {
    let start = "<meta property=\"\(property)\" content=\""
    return page.body.range(of: start).map { found in
      String(page.body[found.upperBound...].prefix { $0 != "\"" })
    }
  }

  @Test func `is shown with the insurer's name and its logo, which is there`() async throws {
    try await look(logo: "logo.png", Self.picture, at: Self.origin) { anna in
      let page = try await anna.get("/")
      let address = try #require(Self.told("og:image", on: page))
      #expect(address.hasPrefix("\(Self.origin)/assets/logo."))
      let picture = try await anna.get(String(address.dropFirst(Self.origin.count)))
      #expect(picture.status == .ok && picture.headers[.contentType] == "image/png")
      // As the picture itself tells them.
      #expect(Self.told("og:image:width", on: page) == "40")
      #expect(Self.told("og:image:height", on: page) == "20")
      for property in ["og:image:alt", "og:site_name"] {
        #expect(Self.told(property, on: page) == "Minta Biztosító")
      }
    }
  }

  @Test(
    arguments: [
      ("logo.svg", Self.drawing, Self.origin), (nil, [], Self.origin),
      ("logo.png", Self.picture, nil),
    ] as [(String?, [UInt8], String?)])
  func `is shown in words alone without a picture that all can show`(
    logo: String?, bytes: [UInt8], origin: String?
  ) async throws {
    try await look(logo: logo, bytes, at: origin) { anna in
      let page = try await anna.get("/")
      #expect(Self.told("og:image", on: page) == nil)
      for property in ["og:title", "og:description", "og:site_name"] {
        #expect(Self.told(property, on: page)?.isEmpty == false, "\(property)")
      }
    }
  }
}
