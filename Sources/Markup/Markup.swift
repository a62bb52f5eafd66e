package import Mustache

/// HTML templates, and the escaping that they and we use.
package enum Markup {
  /// A template whose tags are escaped by ``escaped(_:)``.
  package static func template(_ source: String) throws -> MustacheTemplate {
    MustacheContentTypes.register(EveryMark(), named: EveryMark.name)
    return try MustacheTemplate(string: "{{% CONTENT_TYPE: \(EveryMark.name) }}\n" + source)
  }

  /// A text that stands for itself in HTML, between tags and in quoted attributes.
  ///
  /// It looks at one scalar after the other. Mustache's own escaping compares characters, and a
  /// quotation mark with an accent on it is another character: it would be left unescaped, and end
  /// an attribute.
  package static func escaped(_ text: String) -> String {
    // Most texts have none of the five marks; in UTF-8 no other character's bytes look like one.
    guard text.utf8.contains(where: isMark) else { return text }
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
      UInt8(ascii: "'"):
      true
    default: false
    }
  }
}

/// The content type that templates declare.
private struct EveryMark: MustacheContentType {
  static let name = "EVERY_MARK"

  func escapeText(_ text: String) -> String { Markup.escaped(text) }
}
