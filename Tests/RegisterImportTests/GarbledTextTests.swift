import Testing

@testable import RegisterImport

struct GarbledTextTests {
  @Test(
    arguments: [TextEncoding.windows1250, .iso88592], ["á", "é", "í", "ó", "ö", "ú", "ü", "ű"])
  func `each Hungarian letter is known by what has become of it`(
    encoding: TextEncoding, letter: String
  ) throws {
    let name = try #require(encoding.decode(Array("Kov\(letter)cs".utf8)[...]))
    #expect(GarbledText.isIn(name))
  }

  @Test(arguments: [
    "NĂ‰METH", "KĂ\u{AD}ra", "Erika, szĂĽl. ErdĹ‘s", "DĹ°NE", "KovÃ¡cs", "OrszÃ¡g Ã‰va",
  ])
  func `it may stand anywhere in a text`(text: String) {
    #expect(GarbledText.isIn(text))
  }

  @Test(arguments: [
    "", "Nagy Eva", "Árvíztűrő Tükörfúrógép", "ÁRVÍZTŰRŐ", "BĂLAN ŞTEFĂNIŢĂ", "ĹUBICA Ĺ",
    "São Ãçai", "Åse Åkesson", "CAFÉ „X”", "Ă", "é©",
  ])
  func `names of neighbours and quotes are none`(text: String) {
    #expect(!GarbledText.isIn(text))
  }
}
