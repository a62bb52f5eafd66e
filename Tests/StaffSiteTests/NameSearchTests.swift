internal import Accounts
internal import Domain
internal import Persistence
internal import TestSupport
internal import Testing

/// A caller says a name; the agent types it as on any keyboard, and finds the same people on both
/// engines, whatever the locale of the database.
@Suite struct `A search by name` {
  /// Names of the register, and beginnings by which each of them alone is found.
  private static let found: [(name: String, typed: [String])] = [
    (
      "Ágoston Őrs Űmér",
      ["Ágoston", "ágoston ő", "AGOSTON O", "agoston ors um", "A\u{301}goston O\u{30B}rs Ű"]
    ),
    ("ÉDES ÖDÖN ÜLLŐI", ["édes", "Edes Ödön", "edes odon u"]),
    ("Iris Íta", ["IRIS", "iris i", "Iris Í"]),
    ("İpek Şule", ["İpek", "İpek Şu", "İPEK ŞULE", "ipek", "IPEK SULE", "i\u{307}pek"]),
    ("Weiß Ferenc", ["Weiß", "weiß f", "WEIß FER", "weiss", "WEISS FERENC", "weiẞ"]),
    ("Łukasz Wąs", ["Łukasz", "lukasz", "LUKASZ WAS", "łukasz wąs"]),
    ("Bjørn Đorđević", ["bjorn", "BJØRN D", "bjorn dordevic", "bjørn đ"]),
    ("Zsoﬁa S\u{30C}imon", ["zsofia", "Zsofia Si", "zsoﬁa ši"]),
    ("Æbelø Anna", ["æbe", "aebelo", "AEBELO A"]),
    ("Szabo\u{301} Ubul", ["szabo ubul", "Szabó U", "SZABO\u{301} UB"]),
    ("Bor\u{A0}Ubul", ["bor ubul", "BOR U"]),
  ]

  /// An older program stores no folded name; the engine then folds it.
  @Test(arguments: [true, false])
  func `ignores capitals and the marks of letters, and nothing else`(
    isStored: Bool
  ) async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.store.write { transaction in
      for (place, person) in Self.found.enumerated() {
        let (number, email) = ("\(7_000_000 + place)", "IRODA.\(place)@Pelda.HU")
        try transaction.perform(
          """
          INSERT INTO register_customer
            (generation, customer_number, name, sms_number, email, status, name_key)
          VALUES (0, \(number), \(person.name), \(String?.none), \(email), 'active',
                  \(isStored ? NameKey.stored(of: person.name) : nil))
          """)
      }
    }
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      for (place, person) in Self.found.enumerated() {
        for typed in person.typed + ["iroda.\(place)@PELDA.hu"] {
          let page = try await browser.search(typed)
          #expect(page.hits == 1, "\(typed): \(page.main)")
          let initial = String(person.name.prefix(2))
          #expect(page.says("\(initial)•••"), "\(typed): \(page.main)")
        }
      }
      // A dotless ı is an i to whoever types, on both engines and whatever the locale.
      #expect(try await browser.search("ıris").hits == 1)
      for typed in ["ipak", "weis f", "iris s", "lukasz m", "bjoern", "zsofia z", "abe"] {
        #expect(try await browser.search(typed).hits == 0, "\(typed)")
      }
    }
  }
}

extension CustomerClient.Answer {
  fileprivate var hits: Int { main.ranges(of: "name=\"hit\"").count }
}
