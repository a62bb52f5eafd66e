import Testing

@testable import Domain

struct StaffNameTests {
  @Test(arguments: [
    "kovacs.eva", " Kovacs.Eva\t", "\u{200B}kovacs.eva", "kovacs.eva\u{A0}", "\u{FEFF}kovacs.eva",
    "\u{202A}kovacs.eva\u{202C}",
  ])
  func `a name may be pasted with spaces and marks that nobody sees`(typed: String) {
    #expect(StaffName(typed)?.text == "kovacs.eva")
  }

  @Test(arguments: ["", "\u{200B}", "k", "1kovacs", "kovács.eva", "kovacs\neva", "kovacs–eva"])
  func `what cannot be a name is none`(typed: String) {
    #expect(StaffName(typed) == nil)
  }
}
