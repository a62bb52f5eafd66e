import Domain
import Testing

/// What is an address, and what only looks like one (attack 78).
struct EmailAddressTests {
  @Test func `an address is kept as typed and compared in lower case`() throws {
    let typed = try EmailAddress("  Kovacs.Anna@Pelda.HU ")
    #expect(typed.address == "Kovacs.Anna@Pelda.HU")
    #expect(typed.canonical == "kovacs.anna@pelda.hu")
    #expect(typed.localPart == "Kovacs.Anna")
    #expect(typed.domain == "Pelda.HU")
    #expect(try typed == EmailAddress("kovacs.anna@pelda.hu"))
    #expect(try Set([typed]).contains(EmailAddress("KOVACS.ANNA@PELDA.HU")))
    #expect(try typed != EmailAddress("kovacsanna@pelda.hu"))
  }

  @Test(arguments: [
    "a@b.hu", "anna+portal@pelda.hu", "o'neil@pelda.ie", "!#$%&'*+-/=?^_`{|}~@pelda.hu",
    "a.b.c@x-y.z9.hu", "1@2.hu", "anna@xn--rvztrtkrfrgp-d9a2a2an3be3c2m.hu", "a@b.c4",
  ])
  func `an unusual address is still an address`(typed: String) throws {
    #expect(try EmailAddress(typed).address == typed)
  }

  @Test(arguments: [
    ("", EmailAddress.Invalid.empty),
    ("   ", .empty),
    ("anna", .noAt),
    ("anna.pelda.hu", .noAt),
    ("anna@@pelda.hu", .severalAt),
    ("anna@pelda@hu.hu", .severalAt),
    ("@pelda.hu", .localPart),
    ("anna@", .domain),
    ("@", .localPart),
  ])
  func `there is one at sign with something on either side`(
    typed: String, reason: EmailAddress.Invalid
  ) {
    #expect(throws: reason) { try EmailAddress(typed) }
  }

  @Test(arguments: [
    ".anna", "anna.", "an..na", "an na", "\"anna\"", "anna(x)", "anna,eva", "an:na", "<anna",
    "an\\na", "an[na", "anna\0", "anna\r\nBcc: x", "an\tna",
    "=?utf-8?q?anna=40masik.hu?=",
  ])
  func `before the at sign stands a dot atom`(localPart: String) {
    #expect(throws: EmailAddress.Invalid.localPart) { try EmailAddress(localPart + "@pelda.hu") }
  }

  @Test(arguments: [
    "localhost", "pelda.", ".hu", "pelda..hu", "-pelda.hu", "pelda-.hu", "pel_da.hu", "pel da.hu",
    "pelda.hu.", "127.0.0.1", "[127.0.0.1]", "pelda.123", "pelda.hu\0", "pelda.hu\r\n", "pelda.hu>",
    "pelda.hu:25", "pelda.hu/x",
  ])
  func `after the at sign stands a host name`(domain: String) {
    #expect(throws: EmailAddress.Invalid.domain) { try EmailAddress("anna@" + domain) }
  }

  @Test(arguments: [
    "ánna@pelda.hu", "anna@példa.hu", "anna＠pelda.hu", "\u{212A}ata@pelda.hu", "m\u{131}ke@x.hu",
    "аnna@pelda.hu", "a\u{301}nna@pelda.hu", "anna@pel\u{A0}da.hu",
  ])
  func `letters of other alphabets are refused`(typed: String) {
    #expect(throws: EmailAddress.Invalid.notASCII) { try EmailAddress(typed) }
  }

  @Test(arguments: [
    "\u{200B}anna@pelda.hu", "anna@pelda.hu\u{200B}", "\u{A0}anna@pelda.hu", "\tanna@pelda.hu ",
    "\u{FEFF}anna@pelda.hu", "\u{202A}anna@pelda.hu\u{202C}", "anna@pelda.hu\u{200E}\u{2060}",
    " \u{200B} anna@pelda.hu\u{3000}", "\u{2066}anna@pelda.hu\u{2069}", "anna@pelda.hu\u{FE0F}",
  ])
  func `what nobody sees around an address is dropped`(typed: String) throws {
    #expect(try EmailAddress(typed).address == "anna@pelda.hu")
  }

  @Test(arguments: [
    "an\u{200B}na@pelda.hu", "anna\u{200D}@pelda.hu", "anna@\u{FEFF}pelda.hu",
    "anna@pelda\u{AD}.hu", "anna\u{202E}@pelda.hu",
  ])
  func `what nobody sees inside an address is named, and no letter is blamed`(typed: String) {
    #expect(throws: EmailAddress.Invalid.invisible) { try EmailAddress(typed) }
  }

  @Test func `the parts may be as long as the standards allow and no longer`() throws {
    let local = String(repeating: "a", count: 64)
    let label = String(repeating: "b", count: 63)
    #expect(try EmailAddress("\(local)@b.hu").localPart == local)
    #expect(throws: EmailAddress.Invalid.localPart) { try EmailAddress("a\(local)@b.hu") }
    #expect(try EmailAddress("a@\(label).hu").domain == "\(label).hu")
    #expect(throws: EmailAddress.Invalid.domain) { try EmailAddress("a@b\(label).hu") }

    let longest = "\(local)@\(label).\(label).\(String(repeating: "c", count: 58)).hu"
    #expect(longest.utf8.count == 254)
    #expect(try EmailAddress(" \(longest) ").address == longest)
    #expect(throws: EmailAddress.Invalid.tooLong) { try EmailAddress(longest + "u") }
    #expect(throws: EmailAddress.Invalid.tooLong) {
      try EmailAddress(String(repeating: "é@", count: 1 << 19))
    }
  }

  @Test func `a log line shows the first characters and the last label`() throws {
    #expect(try "\(EmailAddress("kovacs@pelda.co.hu"))" == "k•••@p•••.hu")
    #expect(try "\(EmailAddress("k@p.hu"))" == "k•••@p•••.hu")
  }

  @Test(arguments: [
    ("a@freemail.hu", true), ("a@FreeMail.hu", true), ("a@citromail.hu", true),
    ("a@gmail.com", false), ("a@x.freemail.hu", false),
  ])
  func `freemail and citromail may file our letters as spam`(typed: String, may: Bool) throws {
    #expect(try EmailAddress(typed).mayLandInSpam == may)
  }

  @Test(arguments: [
    ("Anna@gmial.com", "Anna@gmail.com"), ("a@gmal.com", "a@gmail.com"),
    ("a@gmaill.com", "a@gmail.com"), ("a@gmail.con", "a@gmail.com"), ("a@gmail.co", "a@gmail.com"),
    ("a@gmail.hu", "a@gmail.com"), ("a@GMIAL.COM", "a@gmail.com"),
    ("a@fremail.hu", "a@freemail.hu"),
    ("a@freemial.hu", "a@freemail.hu"), ("a@freemail.com", "a@freemail.hu"),
    ("a@citromall.hu", "a@citromail.hu"), ("a@citromial.hu", "a@citromail.hu"),
    ("a@hotmial.com", "a@hotmail.com"), ("a@otlok.com", "a@outlook.com"),
    ("a@yaho.com", "a@yahoo.com"), ("a@tonline.hu", "a@t-online.hu"),
  ])
  func `a slip in a well known provider is noticed`(typed: String, intended: String) throws {
    #expect(try EmailAddress(typed).likelyIntended == intended)
  }

  @Test(arguments: [
    "a@gmail.com", "a@Freemail.HU", "a@mail.com", "a@ymail.com", "a@hotmail.fr", "a@yahoo.de",
    "a@t-online.de", "a@pelda.hu", "a@b.hu", "a@mail.gmail.com", "a@outlook.de",
  ])
  func `a provider that exists is left alone`(typed: String) throws {
    #expect(try EmailAddress(typed).likelyIntended == nil)
  }
}
