internal import Foundation
internal import Pages
internal import Testing

@testable internal import belepo

/// Under which names a site is asked for is what its public URL says, and nothing more.
@Suite struct `A site is asked for` {
  private func address(of text: String) throws -> SiteAddress {
    SiteAddress(of: try #require(Setting.url(text)), proxies: [])
  }

  @Test(arguments: [
    ("https://portal.biztosito.hu", "https://portal.biztosito.hu"),
    ("https://Portal.Biztosito.HU/", "https://portal.biztosito.hu"),
    ("https://portal.biztosito.hu:8443", "https://portal.biztosito.hu:8443"),
    ("http://portal.biztosito.hu", "http://portal.biztosito.hu"),
  ])
  func `under its public name and no name of this machine's`(url: String, origin: String) throws {
    let address = try address(of: url)
    #expect(address.hosts == ["portal.biztosito.hu"])
    #expect(address.origin == origin)
    #expect(address.isSecure == origin.hasPrefix("https"))
  }

  @Test(arguments: ["http://localhost:8080", "http://127.0.0.1:8080"])
  func `under this machine's own names where that is its public one`(url: String) throws {
    let address = try address(of: url)
    #expect(address.hosts == ["localhost", "127.0.0.1", "[::1]"])
    #expect(address.origin == url)
    #expect(!address.isSecure)
  }
}
