internal import Foundation
internal import Markup
internal import Mustache
internal import Wording

/// `letter.mustache`, the shipped one or the brand's own; read at the start.
struct LetterFile {
  private let file: URL

  var path: String { file.path }

  init(own folder: String?) {
    let name = "letter"
    if let folder {
      let own = URL(fileURLWithPath: folder, isDirectory: true)
        .appendingPathComponent(name).appendingPathExtension("mustache")
      if FileManager.default.fileExists(atPath: own.path) {
        file = own
        return
      }
    }
    file = Bundle.module.bundleURL.appendingPathComponent("Templates", isDirectory: true)
      .appendingPathComponent(name).appendingPathExtension("mustache")
  }

  func template() throws -> MustacheTemplate {
    guard let source = try TextFile(file.path).text() else {
      throw Letters.Broken(description: "it is missing.")
    }
    if let fault = LetterFile.fault(in: source) { throw Letters.Broken(description: fault) }
    return try Markup.template(source)
  }

  /// What Mustache would pass over in silence, and what no letter may have.
  private static func fault(in source: String) -> String? {
    for mark in ["{{{", "{{&", "{{%", "{{=", "{{>", "{{<", "{{$"] where source.contains(mark) {
      return "\(mark) is not for letters: everything is escaped, in one file."
    }
    let remote = ["<script", "<link", "<img", "src=", "background=", "url(", "@import"]
    // The logo comes along inside the letter.
    let rest = source.replacing(LetterLogo.tag, with: "").lowercased()
    for mark in remote where rest.contains(mark) {
      return "\(mark) is not for letters: they refer to nothing outside."
    }
    let names = source.matches(of: #/\{\{\s*[#^\/]?\s*([^!{}\s][^{}]*?)\s*\}\}/#)
      .flatMap { $0.1.split(separator: ".").map(String.init) }
    return names.first { !Letter.names.contains($0) }.map { "There is nothing named {{\($0)}}." }
  }

  /// Whether a portal's address is a host, perhaps a port and a path, and nothing that would need
  /// to be escaped.
  static func isAddress(_ portal: String) -> Bool {
    let address =
      #/https?:\/\/(?:\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.\-]+)(?::[0-9]+)?(?:\/[A-Za-z0-9._~%\/\-]*)?/#
    return portal.wholeMatch(of: address) != nil
  }
}
