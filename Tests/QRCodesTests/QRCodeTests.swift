import QRCodes
import Testing

/// A code that a phone's camera reads.
struct QRCodeTests {
  @Test func `a short address is a small square with its three corners`() throws {
    let code = try #require(QRCode("https://portal.example/ugyfelportal"))
    // Version 3 has 29 modules a side, and four light ones around it.
    #expect(code.size == 37)
    // The corner patterns begin with a run of seven dark modules, left and right on top.
    #expect(code.path.hasPrefix("M4 4h7v1h-7z"))
    #expect(code.path.contains("M26 4h7v1h-7z"))
    #expect(code.path.contains("M4 26h7v1h-7z"))
  }

  @Test func `the path has nothing that a page would have to escape`() throws {
    let code = try #require(QRCode("<script>\"&'</script>"))
    #expect(code.path.allSatisfy { $0.isNumber || "Mhvz -".contains($0) })
  }

  @Test func `every text has its own code, and the same one each time`() {
    #expect(QRCode("a") == QRCode("a"))
    #expect(QRCode("a") != QRCode("b"))
  }

  @Test(arguments: ["", "a\0b", String(repeating: "á", count: 2000)])
  func `a text that no code can hold has none`(text: String) {
    #expect(QRCode(text) == nil)
  }
}
