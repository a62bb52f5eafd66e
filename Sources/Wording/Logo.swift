internal import Cryptography

/// The insurer's logo, checked when the brand is read: it stands on every page, and as a PNG in
/// letters.
package struct Logo: Hashable, Sendable {
  package enum Form: String, Sendable {
    case svg
    case png
  }

  /// Why a file is no logo.
  package enum Invalid: Error, Hashable {
    /// Neither `.svg` nor `.png`.
    case form
    /// It would weigh more than the rest of a page.
    case tooLarge
    case notPNG
    case notSVG
    /// It contains what a drawing does not need: a script, a link, something of another site.
    case unsafe(String)
  }

  /// Of a picture, in its own pixels; neither is 0.
  package struct Size: Hashable, Sendable {
    package let width: Int
    package let height: Int
  }

  package let form: Form
  package let bytes: [UInt8]
  /// Of a PNG; a drawing has any size.
  package let size: Size?

  package static let mostBytes = 20_000

  private static let signatureOfPNG: [UInt8] = [
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A,
  ]
  private static let unsafe = [
    "<script", "<foreignobject", "<image", "<!entity", "javascript:", "href=", "url(http",
    "@import",
    " onload", " onclick",
  ]

  /// - Parameter name: of the file, which says what it should be
  package init(_ bytes: [UInt8], named name: String) throws(Invalid) {
    guard bytes.count <= Logo.mostBytes else { throw .tooLarge }
    if name.hasSuffix(".png") {
      guard bytes.starts(with: Logo.signatureOfPNG), let size = Size(ofPNG: bytes) else {
        throw .notPNG
      }
      form = .png
      self.size = size
    } else if name.hasSuffix(".svg") {
      guard let text = String(validating: bytes, as: UTF8.self)?.lowercased(),
        text.contains("<svg")
      else { throw .notSVG }
      for words in Logo.unsafe where text.contains(words) { throw .unsafe(words) }
      form = .svg
      size = nil
    } else {
      throw .form
    }
    self.bytes = bytes
  }
}

extension Logo {
  /// Differs when the picture does.
  package var digest: String { hexadecimal(sha256(bytes).prefix(8)) }
}

extension Logo.Size {
  /// As the first piece of a PNG tells it (ISO/IEC 15948, 11.2.2).
  fileprivate init?(ofPNG bytes: [UInt8]) {
    func number(at place: Int) -> Int {
      bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    guard bytes.count >= 24, bytes[12..<16].elementsEqual("IHDR".utf8) else { return nil }
    (width, height) = (number(at: 16), number(at: 20))
    guard width > 0, height > 0 else { return nil }
  }
}
