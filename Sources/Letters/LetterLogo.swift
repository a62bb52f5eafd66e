package import Wording

/// The insurer's logo as a part of the letter itself.
///
/// Looking at it asks no server for anything, so that nobody learns when a letter was opened
/// (D 11).
package struct LetterLogo: Hashable, Sendable {
  /// What the HTML calls it behind `cid:`, and the part itself in brackets (RFC 2392).
  package let contentID: String
  /// A PNG.
  package let bytes: [UInt8]
  /// How large it is shown, in CSS pixels: never larger than it is, and never distorted.
  let width: Int
  let height: Int

  static let mostWidth = 240
  static let mostHeight = 48

  /// The only picture that a template may have, as far as it has to be written like this.
  static let tag = "<img src=\"cid:{{logo}}\""

  /// - Returns: `nil` for a drawing, which most mail programs do not show
  package init?(_ logo: Logo) {
    guard let size = logo.size else { return nil }
    let (width, height) = (Double(size.width), Double(size.height))
    let scale = min(
      1, Double(LetterLogo.mostWidth) / width, Double(LetterLogo.mostHeight) / height)
    contentID = "logo.\(logo.digest)@belepo"
    bytes = logo.bytes
    self.width = max(1, Int((width * scale).rounded()))
    self.height = max(1, Int((height * scale).rounded()))
  }
}
