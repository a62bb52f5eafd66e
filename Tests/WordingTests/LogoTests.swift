import Testing

@testable import Wording

/// An insurer's logo is looked at before it stands on every page (D 11).
struct LogoTests {
  private static let drawing =
    "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0h1v1z\"/></svg>"

  @Test func `a drawing and a picture are logos`() throws {
    #expect(try Logo(Array(Self.drawing.utf8), named: "logo.svg").form == .svg)
    let picture = try Logo(Self.picture(width: 400, height: 0x1234), named: "logo.png")
    #expect(picture.form == .png && picture.size == Logo.Size(width: 400, height: 0x1234))
    #expect(picture.digest.count == 16)
    let other = try Logo(Self.picture(width: 401, height: 0x1234), named: "logo.png")
    #expect(other.digest != picture.digest)
  }

  /// The beginning of a PNG, as far as its header.
  private static func picture(width: UInt32, height: UInt32) -> [UInt8] {
    func bytes(_ number: UInt32) -> [UInt8] {
      stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + bytes(13) + Array("IHDR".utf8)
      + bytes(width) + bytes(height)
  }

  @Test(arguments: [
    ("<script>", Logo.Invalid.unsafe("<script")), ("<a href='x'>", Logo.Invalid.unsafe("href=")),
    ("<g onload='x'>", Logo.Invalid.unsafe(" onload")), ("<image/>", Logo.Invalid.unsafe("<image")),
  ])
  func `a drawing that could do something is none`(piece: String, reason: Logo.Invalid) {
    #expect(throws: reason) {
      try Logo(Array((Self.drawing + piece).utf8), named: "logo.svg")
    }
  }

  @Test func `what is too large, or not what its name says, is none`() {
    #expect(throws: Logo.Invalid.form) { try Logo([1], named: "logo.gif") }
    #expect(throws: Logo.Invalid.notPNG) { try Logo([1], named: "logo.png") }
    for broken in [
      Self.picture(width: 0, height: 1), Self.picture(width: 1, height: 0),
      Array(Self.picture(width: 1, height: 1).dropLast()),
    ] {
      #expect(throws: Logo.Invalid.notPNG) { try Logo(broken, named: "logo.png") }
    }
    #expect(throws: Logo.Invalid.notSVG) { try Logo([0xFF], named: "logo.svg") }
    #expect(throws: Logo.Invalid.tooLarge) {
      try Logo([UInt8](repeating: 0, count: Logo.mostBytes + 1), named: "logo.png")
    }
  }
}
