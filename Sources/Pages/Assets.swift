internal import Cryptography
package import Foundation
internal import HTTPTypes
package import Hummingbird
internal import NIOCore
package import Wording

/// The style sheet, the script, the icons and the manifest, held in memory under names that change
/// with their content, so that a browser may keep them for ever.
package struct Assets: Sendable {
  struct Asset: Sendable {
    let type: String
    let bytes: ByteBuffer
  }

  private let addresses: [String: String]
  private let assets: [String: Asset]

  /// - Throws: when a file that ships with Belépő cannot be read.
  ///
  /// - Parameters:
  ///   - style: a style sheet of one site's own
  ///   - origin: where the site is reached, for whoever shows a picture of it elsewhere
  package init(brand: Brand, style: URL? = nil, origin: String = "") throws {
    let folder = Bundle.module.bundleURL.appendingPathComponent("Assets")
    var addresses: [String: String] = [:]
    var assets: [String: Asset] = [:]
    func add(_ name: String, _ type: String, _ bytes: [UInt8]) {
      let stem = name.split(separator: ".").joined(
        separator: ".\(hexadecimal(sha256(bytes)).prefix(12)).")
      let address = "/assets/\(stem)"
      addresses[name] = address
      assets[address] = Asset(type: type, bytes: ByteBuffer(bytes: bytes))
    }
    func text(_ name: String) throws -> String {
      try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }
    for (name, type) in [("site.css", "text/css; charset=utf-8"), ("icon.svg", "image/svg+xml")] {
      add(name, type, Array(Assets.colour(try text(name), brand).utf8))
    }
    if let logo = brand.logo {
      let type = logo.form == .svg ? "image/svg+xml" : "image/png"
      add("logo.\(logo.form.rawValue)", type, logo.bytes)
      addresses["logo"] = addresses["logo.\(logo.form.rawValue)"]
    } else {
      addresses["logo"] = addresses["icon.svg"]
    }
    // Who shows it beside a link takes no path without a host (the Open Graph protocol).
    addresses["shared"] = origin + (addresses["logo"] ?? "")
    if let style {
      add(
        style.lastPathComponent, "text/css; charset=utf-8",
        Array(try String(contentsOf: style, encoding: .utf8).utf8))
    }
    add("site.js", "text/javascript; charset=utf-8", Array(try text("site.js").utf8))
    // A phone's home screen takes no SVG.
    let picture = try Data(contentsOf: folder.appendingPathComponent("touch-icon.png"))
    add("touch-icon.png", "image/png", Array(picture))
    let manifest = Assets.colour(try text("manifest.webmanifest"), brand)
      .replacingOccurrences(of: "#icon", with: addresses["icon.svg"] ?? "")
      .replacingOccurrences(of: "#name", with: Assets.json(brand.facts.portalName))
      .replacingOccurrences(of: "#insurer", with: Assets.json(brand.facts.insurerName))
    add("manifest.webmanifest", "application/manifest+json", Array(manifest.utf8))
    self.addresses = addresses
    self.assets = assets
  }

  /// The words inside a string of JSON.
  private static func json(_ words: String) -> String {
    let quoted = (try? JSONEncoder().encode(words)).map { String(decoding: $0, as: UTF8.self) }
    return String((quoted ?? "\"\"").dropFirst().dropLast())
  }

  /// Replaces the shipped colours with the brand's.
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

extension Site {
  /// The answer to a GET of one of its assets.
  package func asset(_ path: String) throws -> Response {
    guard let response = assets.response(to: path) else { throw HTTPError(.notFound) }
    return response
  }
}
