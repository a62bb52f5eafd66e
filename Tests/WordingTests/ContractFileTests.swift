internal import Domain
internal import TestSupport
internal import Testing
internal import Wording

/// The contract as a file beside the brand's document.
@Suite struct `The contract's file` {
  @Test(arguments: Language.allCases)
  func `is tagged, and has a title and a language`(language: Language) throws {
    let brand = try Props.brand.get()
    let bytes = try #require(brand.contractFile(in: language))
    let text = String(decoding: bytes, as: Unicode.ASCII.self)
    #expect(text.hasPrefix("%PDF-1."))
    #expect(text.contains("/MarkInfo") && text.contains("/Marked true"))
    #expect(text.contains("/StructTreeRoot") && text.contains("/Lang (\(language.rawValue))"))
    #expect(text.contains("/DisplayDocTitle true") && text.contains("/Title"))
    // Heading, paragraph and list are there as such.
    for tag in ["/H1", "/H2", "/P", "/L", "/LI"] { #expect(text.contains("/S \(tag)"), "\(tag)") }
    #expect(bytes.count < 200_000)
  }

  @Test func `of other words is no file of the contract`() throws {
    let brand = try OwnBrand([
      "documents/hu/portalszerzodes.html": "<h1>Más szerződés</h1>"
    ]).load()
    #expect(brand.contractFile(in: .hungarian) == nil)
    #expect(brand.contractFile(in: .english) != nil)
  }

  @Test(arguments: ["%PDF-1.6", "%PDF-1.7"])
  func `that is not the noted one stops the start`(content: String) throws {
    let contract = try Props.brand.get().document(.contract, in: .hungarian)
    let path = ContractFile.path(in: .hungarian)
    let own = try OwnBrand([
      path: content,
      path + ".yaml": try ContractFile.note(of: Array("%PDF-1.7".utf8), madeOf: contract),
    ])
    if content == "%PDF-1.7" {
      #expect(try own.load().contractFile(in: .hungarian) == Array(content.utf8))
    } else {
      #expect(own.refusal()?.contains("is not the file that") == true)
    }
  }

  @Test func `stops the start when its note cannot be read`() throws {
    let path = ContractFile.path(in: .hungarian)
    let own = try OwnBrand(bytes: [path: Array("%PDF-1.7".utf8), path + ".yaml": [0xF5]])
    #expect(own.refusal()?.contains("\(path).yaml: it is not in UTF-8") == true)
  }
}
