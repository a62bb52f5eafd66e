internal import Cryptography
internal import Domain
internal import Outbox
internal import TestSupport
internal import Testing
internal import Wording

@testable internal import Letters

/// Letters are the same bytes as they were: each as a hash, some as they are.
@Suite struct `Every letter` {
  /// Portals with and without a link.
  private static let portals = ["https://portal.pelda.example", "http://127.0.0.1:8080/x-y/"]

  private struct Writer {
    let brand: Brand
    let letters: Letters

    init(brand: Brand, folder: String?, portal: String) throws {
      self.brand = brand
      letters = try Letters(brand: brand, folder: folder, portal: portal)
    }

    func forms(
      subject: String, text: String, in language: Language
    ) -> (text: String, html: String) {
      let html = letters.html(subject: subject, text: text, language: language)
      return (letters.plainText(text, language: language), html)
    }

    /// A line for each letter: its name, and hashes of what is written.
    func lines(named brandName: String) throws -> [String] {
      var lines: [String] = []
      func add(_ name: String, _ subject: String, _ text: String, _ language: Language) {
        let forms = forms(subject: subject, text: text, in: language)
        let hashes = [subject, text, forms.text, forms.html].map {
          String(hexadecimal(sha256(Array($0.utf8))).prefix(24))
        }
        lines.append("\(brandName)/\(name) \(hashes.joined(separator: " "))")
      }
      for language in Language.allCases {
        for sample in try LetterSamples(brand, host: "portal.pelda.example", in: language).all() {
          add(sample.name, sample.message.subject, sample.message.text, language)
        }
        for (place, strange) in LetterSamples.strange.enumerated() {
          let name = "strange-\(place + 1).\(language.rawValue)"
          add(name, strange.subject, strange.text, language)
        }
      }
      return lines
    }
  }

  /// Another insurer with its own sentences, form and contract, all of them in need of care.
  static func ownFolder() throws -> Folder {
    try Folder([
      "brand.yaml": Folder.facts(insurer: "'Őrző-Védő & Társa \"Kft.\" <x>'"),
      "letter.mustache": own,
      "texts/hu.yaml": """
      mail.code.subject: "{insurer}"
      mail.code.text: |
        Kedves <Ügyfél>! A kód: {code}, élete {until}, itt: {link}

        A kódot {code} ("{until}") ne adja ki-adja; e-mail-ben {phone}-on.
      mail.userNameChanged.text: |
        {userName}

        {userName}: ez az új-{userName}-név & más. {portal}
      mail.footer.why: "Mert <\\"e-mail-címe\\"> nálunk van & 'kész'."
      mail.contract.text: |
        Tisztelt Ügyfelünk!

        {contract}

        Vége-van {insurer}
      """,
      "documents/hu/portalszerzodes.html": """
      <h1>Saját &amp; szerződés</h1>
      <h2>1. Első</h2>
      <p>Egy &quot;mondat&quot; &lt;b&gt; e-mail-ről.</p><ul><li>a</li><li>b</li></ul>
      """,
    ])
  }

  private static let own = """
    <!-- own -->
    {{! a comment }}
    <h1>{{heading.words}}</h1>{{#hasPreheader}}<i title="{{preheader}}">{{preheader}}</i>
    {{/hasPreheader}}{{^hasPreheader}}-{{/hasPreheader}}
    {{#parts}}
      {{#isCode}}
      <b data-subject="{{subject}}">{{#lines}}{{words}}{{/lines}}</b>
      {{/isCode}}
      {{^isCode}}{{#lines}}{{#isLater}}, {{/isLater}}[{{#pieces}}{{piece}}|{{/pieces}}]{{/lines}}
      {{/isCode}}
    {{/parts}}
    {{#parts}}{{#isTitle}}{{#lines}}<u>{{words}}</u>{{/lines}}{{/isTitle}}{{/parts}}
    {{^parts}}nothing{{/parts}}
    {{#isLinked}}<a href="{{portal}}">{{portalLabel}}</a>{{/isLinked}}
    {{insurer}} {{accent}} {{#why.pieces}}{{piece}}{{/why.pieces}} {{contact.words}} {{language}}
    """

  @Test func `is the same bytes as it was reviewed`() throws {
    let folder = try Self.ownFolder()
    var lines: [String] = []
    for (place, portal) in Self.portals.enumerated() {
      let shipped = try Writer(
        brand: try Props.brand.get(), folder: nil, portal: portal)
      let own = try Writer(
        brand: try Brand.load(directory: folder.path), folder: folder.path, portal: portal)
      lines += try shipped.lines(named: "shipped-\(place + 1)")
      lines += try own.lines(named: "own-\(place + 1)")
    }
    try Snapshot.check(lines.joined(separator: "\n") + "\n", "hashes.txt")
  }

  /// Those that are kept whole, for people to look at.
  private static let whole = [
    "email_code-1.hu", "email_code-1.en", "user_name_undo-2.hu", "contract-2.en",
    "login_new_device-2.hu",
  ]

  @Test func `can be looked at in some examples`() throws {
    let writer = try Writer(
      brand: try Props.brand.get(), folder: nil, portal: Self.portals[0])
    var names: Set = ["hashes.txt"]
    for language in Language.allCases {
      let samples = try LetterSamples(writer.brand, host: "portal.pelda.example", in: language)
      for sample in try samples.all() where Self.whole.contains(sample.name) {
        let forms = writer.forms(
          subject: sample.message.subject, text: sample.message.text, in: language)
        try Snapshot.check(forms.text, "\(sample.name).txt")
        try Snapshot.check(forms.html, "\(sample.name).html")
        names.formUnion(["\(sample.name).txt", "\(sample.name).html"])
      }
    }
    #expect(names.count == 1 + 2 * Self.whole.count)
    #expect(try Snapshot.files() == names)
  }
}
