internal import Cryptography
internal import Foundation
internal import HTTPTypes
package import Hummingbird
internal import NIOCore
package import Wording

/// The style sheet, the script and the icon, held in memory under names that change with their
/// content, so that a browser may keep them for ever.
package struct Assets: Sendable {
  struct Asset: Sendable {
    let type: String
    let bytes: ByteBuffer
  }

  private let addresses: [String: String]
  private let assets: [String: Asset]

  /// - Throws: when a file that ships with Belépő cannot be read.
  package init(brand: Brand) throws {
    let folder = Bundle.module.bundleURL.appendingPathComponent("Assets")
    var addresses: [String: String] = [:]
    var assets: [String: Asset] = [:]
    for (name, type) in [
      ("site.css", "text/css; charset=utf-8"), ("site.js", "text/javascript; charset=utf-8"),
      ("icon.svg", "image/svg+xml"),
    ] {
      var text = try String(
        contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      if type != "text/javascript; charset=utf-8" { text = Assets.colour(text, brand) }
      let bytes = Array(text.utf8)
      let stem = name.split(separator: ".").joined(
        separator: ".\(hexadecimal(sha256(bytes)).prefix(12)).")
      let address = "/assets/\(stem)"
      addresses[name] = address
      assets[address] = Asset(type: type, bytes: ByteBuffer(bytes: bytes))
    }
    self.addresses = addresses
    self.assets = assets
  }

  /// Puts the brand's colours in the place of the shipped ones.
  private static func colour(_ text: String, _ brand: Brand) -> String {
    text.replacingOccurrences(of: "#accent-on-dark", with: brand.facts.accentColourOnDark)
      .replacingOccurrences(of: "#accent", with: brand.facts.accentColour)
  }

  func address(of name: String) -> String? { addresses[name] }

  /// The paths of all assets.
  package var paths: [String] { assets.keys.sorted() }

  /// The answer to a GET of one of ``paths``.
  package func response(to path: String) -> Response? {
    guard let asset = assets[path] else { return nil }
    return Response(
      status: .ok,
      headers: [
        .contentType: asset.type, .cacheControl: "public, max-age=31536000, immutable",
      ],
      body: ResponseBody(byteBuffer: asset.bytes))
  }
}
