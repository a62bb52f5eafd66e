package import Domain
internal import Persistence

/// The people of all stories, with one trait each.
package enum Cast: CaseIterable {
  /// Everything is right; two policies and an e-mail on file.
  case anna
  /// No e-mail on file; one policy.
  case peter
  /// Anna's husband, with the family's one phone.
  case bela
  /// Knows only the old customer number.
  case old
  /// Nobody noted a mobile number.
  case noNumber
  /// A number with the prefix 31, which is not texted.
  case thirtyOne
  case blocked
  case deceased
  case closed

  package var number: String {
    switch self {
    case .anna: "1234567"
    case .peter: "2345678"
    case .bela: "1234568"
    case .old: "3000801"
    case .noNumber: "3000301"
    case .thirtyOne: "3000311"
    case .blocked: "3000901"
    case .deceased: "3000911"
    case .closed: "3000921"
    }
  }

  package var policy: String {
    switch self {
    case .anna: "LA-2023-004512"
    case .peter: "GF-2024-118203"
    default: "EL-\(number)"
    }
  }

  package var oldNumber: String? { self == .old ? "0098765" : nil }

  package var name: String {
    switch self {
    case .anna: "Kovács Anna"
    case .peter: "Nagy Péter"
    case .bela: "Kovács Béla"
    case .old: "Fekete Magdolna"
    case .noNumber: "Kiss Ilona"
    case .thirtyOne: "Farkas Bence"
    case .blocked: "Fehér Zsolt"
    case .deceased: "Szűcs Dezső"
    case .closed: "Pintér Norbert"
    }
  }

  /// As the register has it, in canonical form.
  package var sms: String? {
    switch self {
    case .anna, .bela: "+36301234567"
    case .peter: "+36202345678"
    case .old: "+36305550801"
    case .noNumber: nil
    case .thirtyOne: "+36315550311"
    case .blocked: "+36305550901"
    case .deceased: "+36305550911"
    case .closed: "+36205550921"
    }
  }

  /// What the person types beside «06» and the prefix.
  package var mobile: (prefix: String, number: String) {
    let digits = sms ?? "+36301112222"
    return (String(digits.dropFirst(3).prefix(2)), String(digits.suffix(7)))
  }

  package var emailOnFile: String? { self == .anna ? "kovacs.anna@example.hu" : nil }

  package var status: String {
    switch self {
    case .blocked: "blocked"
    case .deceased: "deceased"
    case .closed: "closed"
    default: "active"
    }
  }

  /// The claim of somebody who types everything right.
  package func claim(byPolicy: Bool = true) throws -> Claim {
    Claim(
      number: byPolicy
        ? .policy(try PolicyNumber(policy)) : .customer(try CustomerNumber(number)),
      mobile: try MobileNumber(
        prefix: mobile.prefix, number: mobile.number, accepting: ["20", "30", "31", "70"]))
  }
}

extension Transaction {
  /// Writes the cast into the register that answers.
  func engage(_ cast: [Cast]) throws {
    for person in cast {
      try perform(
        """
        INSERT INTO register_customer (generation, customer_number, name, sms_number, email, status)
        VALUES (0, \(person.number), \(person.name), \(person.sms), \(person.emailOnFile),
                \(person.status))
        """)
      try perform(
        """
        INSERT INTO register_policy
          (generation, policy_number, written_number, customer_number, product, status, valid_from,
           valid_to)
        VALUES (0, \(try PolicyNumber(person.policy).text), \(person.policy), \(person.number),
                'lakásbiztosítás', 'active', '2023-05-01', \(String?.none))
        """)
      if let old = person.oldNumber {
        try perform(
          """
          INSERT INTO register_old_number (generation, old_number, customer_number)
          VALUES (0, \(old), \(person.number))
          """)
      }
    }
  }
}
