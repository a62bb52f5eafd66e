import Domain
import InternationalDomains
import Testing

/// Addresses with accented domains, and those that only look like them.
struct InternationalDomainsTests {
  @Test(arguments: [
    ("anna@példa.hu", "anna@xn--plda-bpa.hu"), ("Anna@PÉLDA.hu", "Anna@xn--plda-bpa.hu"),
    ("  anna@példa.hu ", "anna@xn--plda-bpa.hu"),
    // The accent apart from its letter, as some systems write it.
    ("anna@pe\u{301}lda.hu", "anna@xn--plda-bpa.hu"),
    ("a.b@mail.árvíztűrő-tükörfúrógép.hu", "a.b@mail.xn--rvztr-tkrfrgp-2db6k4b1g3bwe9a73ncu.hu"),
    ("anna@bücher.at", "anna@xn--bcher-kva.at"), ("anna@ťažký.sk", "anna@xn--ak-1ka72b7d.sk"),
  ])
  func `an accented domain is kept in the form that mail travels with`(
    typed: String, kept: String
  ) throws {
    #expect(try EmailAddress(typed: typed).address == kept)
  }

  @Test func `both writings of a domain are one address`() throws {
    let accented = try EmailAddress(typed: "anna@példa.hu")
    let encoded = try EmailAddress("ANNA@XN--PLDA-BPA.HU")
    let plain = try EmailAddress(typed: "anna@pelda.hu")
    #expect(accented == encoded)
    #expect(accented != plain)
  }

  @Test(arguments: [
    "anna@példa.hu", "anna@bücher.at", "anna@mail.árvíztűrő.hu", "anna@straße.at", "anna@pelda.hu",
  ])
  func `a page shows what was typed`(typed: String) throws {
    #expect(try EmailAddress(typed: typed).shown == typed)
  }

  // Attack 30: letters of other alphabets that look like ours.
  @Test(arguments: [
    // Cyrillic а, Greek ο, the Kelvin sign, dotless ı, long ſ, full width, ligature.
    "anna@p\u{435}lda.hu", "anna@pél\u{501}\u{430}.hu", "anna@g\u{3BF}\u{3BF}gle.com",
    "anna@\u{212A}é\u{212A}.hu", "anna@m\u{131}ké.hu", "anna@\u{17F}éf.hu", "anna@ｐélda.hu",
    "anna@\u{FB01}é.hu", "anna@példa。hu", "anna@例え.jp", "anna@pé\u{336}lda.hu", "anna@ñandú.hu",
    "anna@\u{212B}é.hu",
  ])
  func `look-alikes are refused in a domain`(typed: String) {
    #expect(throws: EmailAddress.Invalid.notASCII) { try EmailAddress(typed: typed) }
  }

  @Test(arguments: [
    "\u{200B}anna@példa.hu\u{FEFF}", "\u{A0}anna@példa.hu\u{202C}", "\tanna@példa.hu",
  ])
  func `what nobody sees around an address is dropped`(typed: String) throws {
    #expect(try EmailAddress(typed: typed).address == "anna@xn--plda-bpa.hu")
  }

  // Attack 30: an invisible mark makes another domain of the same looks.
  @Test(arguments: [
    "anna@pé\u{200D}lda.hu", "anna@pé\u{AD}lda.hu", "anna@\u{202E}élda.hu", "an\u{200B}na@példa.hu",
  ])
  func `what nobody sees inside an address is named`(typed: String) {
    #expect(throws: EmailAddress.Invalid.invisible) { try EmailAddress(typed: typed) }
  }

  // Attack 30: before the @ there is ASCII and nothing else.
  @Test(arguments: [
    "ánna@példa.hu", "m\u{131}ke@példa.hu", "mi\u{212A}e@x.hu", "\u{17F}@példa.hu", "ß@x.hu",
    "\u{430}nna@x.hu", "é@é@példa.hu",
  ])
  func `accents are refused before the at sign`(typed: String) {
    #expect(throws: EmailAddress.Invalid.notASCII) { try EmailAddress(typed: typed) }
  }

  @Test(arguments: [
    ("anna@é", EmailAddress.Invalid.domain), ("anna@.é", .domain), ("anna@-é.hu", .domain),
    ("anna@é-.hu", .domain), ("anna@é..hu", .domain), ("an na@é.hu", .localPart),
    ("@é.hu", .localPart), ("a@b@é.hu", .severalAt), ("é.hu", .notASCII),
  ])
  func `what is no domain with accents is told as without`(
    typed: String, reason: EmailAddress.Invalid
  ) {
    #expect(throws: reason) { try EmailAddress(typed: typed) }
  }

  @Test func `an address without accents is read as ever`() throws {
    #expect(try EmailAddress(typed: " Anna@Pelda.HU ").address == "Anna@Pelda.HU")
    #expect(throws: EmailAddress.Invalid.noAt) { try EmailAddress(typed: "anna") }
    #expect(throws: EmailAddress.Invalid.tooLong) {
      try EmailAddress(typed: String(repeating: "é@", count: 1 << 16))
    }
  }

  // A domain of look-alikes that somebody typed in its ASCII form is not turned back (attack 30).
  @Test(arguments: [
    "xn--80ak6aa92e.com", "xn--pld-8cd5b.hu", "xn--nonsense-.hu", "xn--a.hu", "XN--80AK6AA92E.com",
  ])
  func `a domain that cannot be shown safely stays in ASCII`(domain: String) {
    #expect(InternationalDomain.shown(domain) == domain)
  }
}
