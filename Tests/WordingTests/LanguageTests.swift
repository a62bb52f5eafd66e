internal import Domain
internal import TestSupport
internal import Testing
internal import Wording

/// How an insurer speaks to its customers (CONTRIBUTING.md#sentences).
@Suite struct `The sentences` {
  static let longest = 25

  @Test(arguments: Language.allCases)
  func `are short enough to be read once`(language: Language) throws {
    for (key, text) in try Bundles.sentences(in: language) {
      for sentence in Bundles.sentencesApart(text) {
        let words = sentence.split { $0.isWhitespace }.filter { $0.contains(where: \.isLetter) }
        #expect(words.count <= Self.longest, "\(key): \(words.count) words")
      }
    }
  }

  @Test func `accuse nobody and beg for nothing in Hungarian`() throws {
    let banned = [
      "érvénytelen", "helytelen", "hibás adat", "hoppá", "sajnos", "kötelező mező",
    ]
    for (key, sentence) in try Bundles.sentences(in: .hungarian) {
      for word in banned { #expect(!sentence.lowercased().contains(word), "\(key): \(word)") }
      guard Bundles.isError(key) else { continue }
      for word in ["kérjük", "kérem", "kérlek"] {
        #expect(!sentence.lowercased().contains(word), "\(key): \(word)")
      }
    }
  }

  @Test func `say neither please nor invalid in English errors`() throws {
    for (key, sentence) in try Bundles.sentences(in: .english) where Bundles.isError(key) {
      for word in ["invalid", "please", "oops", "illegal", "sorry"] {
        #expect(!sentence.lowercased().contains(word), "\(key): \(word)")
      }
    }
  }

  @Test func `address the customer formally in Hungarian`() throws {
    let informal = [
      #/\b(te|téged|neked|veled|hozzád)\b/#, #/\b(add meg|írd be|kérj|válassz|nézd|kattints)\b/#,
      #/\b(fiókod|jelszavad|címed|számod)\b/#,
    ]
    for (key, sentence) in try Bundles.sentences(in: .hungarian) {
      for words in informal {
        #expect(sentence.lowercased().firstMatch(of: words) == nil, "\(key)")
      }
    }
  }

  @Test func `never guess an article in Hungarian`() throws {
    for (key, sentence) in try Bundles.sentences(in: .hungarian) {
      #expect(!sentence.lowercased().contains("a(z)"), "\(key)")
      #expect(sentence.firstMatch(of: #/\b[Aa]z? \{/#) == nil, "\(key)")
    }
  }

  @Test(arguments: Language.allCases)
  func `have no typewriter's quotation marks, dots or double spaces`(language: Language) throws {
    for (key, sentence) in try Bundles.sentences(in: language) {
      for mark in ["\"", "''", "...", "  ", " ,", " .", "!!"] where !sentence.contains("----") {
        #expect(!sentence.contains(mark), "\(key): \(mark)")
      }
    }
  }

  @Test func `write Hungarian with Hungarian letters`() throws {
    // õ and û are what ő and ű become in Latin-1.
    for (key, sentence) in try Bundles.sentences(in: .hungarian) {
      let letters = Set("aábcdeéfghiíjklmnoóöőpqrstuúüűvwxyz")
      for letter in sentence.lowercased() where letter.isLetter {
        #expect(letters.contains(letter), "\(key): \(letter)")
      }
    }
    for (key, sentence) in try Bundles.sentences(in: .english) {
      for letter in sentence where letter.isLetter {
        #expect(letter.isASCII, "\(key): \(letter)")
      }
    }
  }

  @Test(arguments: Language.allCases)
  func `end an error at a field without a full stop`(language: Language) throws {
    let prefixes = [
      "policyNumber.", "customerNumber.", "mobileNumber.", "email.", "logIn.refused",
      "logIn.userName.missing", "logIn.password.missing", "code.empty", "code.length",
      "code.characters", "code.wrong", "code.spent", "code.expired", "code.tooSoon",
      "password.missing", "password.tooShort", "password.common", "password.differ",
    ]
    for (key, sentence) in try Bundles.sentences(in: language)
    where prefixes.contains(where: key.hasPrefix) && key != "email.taken.lastTry" {
      #expect(!sentence.hasSuffix("."), "\(key)")
    }
  }

  // MARK: The insurer's own words

  @Test(arguments: [
    ("mobileNumber.wrong", "A mobiltelefon mezőnél nem megfelelő telefonszám hiba van"),
    (
      "identify.noMatch",
      "A megadott szerződésszám / ügyfélszámla szám, vagy mobil telefonszám nem megfelelő"
    ),
    ("identify.title", "Regisztráció"), ("start.register.button", "Regisztrálok"),
    ("identify.kind.policy", "Kötvényszám"), ("identify.kind.customer", "Ügyfélszámlaszám"),
    ("action.next", "Tovább"), ("action.toMain", "Vissza a főoldalra"),
    ("code.title", "Telefonszám ellenőrzése"), ("code.label", "Ellenőrző kód"),
    ("contact.title", "E-mail megadása"), ("contact.yes", "Elfogadom"),
    ("contact.no", "Nem fogadom el"), ("contact.marketing", "Marketing célú nyilatkozat"),
    ("contact.dataProcessing", "Adatkezelési nyilatkozat"),
    ("contact.contract", "Ügyfélportál-szerződést szeretnék kötni"),
    ("contact.notice", "A tájékoztatót elfogadom"), ("password.title", "Jelszó"),
    ("password.again", "Jelszó még egyszer"), ("password.button", "Befejezés"),
    ("success.title", "Sikeres regisztráció!"),
  ])
  func `are the insurer's own where it has given them`(key: String, words: String) throws {
    #expect(try Bundles.sentences(in: .hungarian)[key] == words)
  }

  @Test func `use one word for each thing in Hungarian`() throws {
    // «ügyfélszám» is neither of the two numbers; «belépés» is called «bejelentkezés».
    for (key, sentence) in try Bundles.sentences(in: .hungarian) {
      for word in ["ügyfélszámot", "ügyfélszámát", "belépés", "belépek", "usernév", "e-mailcím"] {
        #expect(!sentence.lowercased().contains(word), "\(key): \(word)")
      }
    }
  }
}
