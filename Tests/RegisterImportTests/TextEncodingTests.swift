import RegisterImport
import Testing

struct TextEncodingTests {
  @Test func `Windows 1250 has the Hungarian letters`() {
    let bytes: [UInt8] = [
      0xC1, 0x72, 0x76, 0xED, 0x7A, 0x74, 0xFB, 0x72, 0xF5, 0x20, 0x74, 0xFC, 0x6B, 0xF6, 0x72,
      0x66, 0xFA, 0x72, 0xF3, 0x67, 0xE9, 0x70, 0x20, 0xD5, 0xDB, 0x20, 0x80, 0xFF,
    ]
    #expect(TextEncoding.windows1250.decode(bytes[...]) == "Árvíztűrő tükörfúrógép ŐŰ €˙")
  }

  @Test(arguments: 0...0xFF as ClosedRange<UInt8>)
  func `five bytes of Windows 1250 stand for nothing and the others for one character`(byte: UInt8)
  {
    let text = TextEncoding.windows1250.decode([byte][...])
    let isAssigned = ![0x81, 0x83, 0x88, 0x90, 0x98].contains(byte)
    #expect((text != nil) == isAssigned)
    #expect(text.map(\.unicodeScalars.count) == (isAssigned ? 1 : nil))
    if byte < 0x80 { #expect(text == String(Unicode.Scalar(byte))) }
  }

  @Test func `no two bytes of Windows 1250 are the same character`() {
    let texts = (0...0xFF as ClosedRange<UInt8>).compactMap {
      TextEncoding.windows1250.decode([$0][...])
    }
    #expect(Set(texts).count == 251)
  }

  @Test func `the option takes the promised names (I5)`() {
    #expect(TextEncoding(rawValue: "utf-8") == .utf8)
    #expect(TextEncoding(rawValue: "windows-1250") == .windows1250)
  }
}
