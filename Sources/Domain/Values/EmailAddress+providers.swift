extension EmailAddress {
  /// Whether the provider is known to file letters like ours as spam.
  package var mayLandInSpam: Bool {
    Self.spamProneProviders.contains(canonicalDomain)
  }

  /// The whole address with the provider that was probably meant, if this one looks like a slip.
  ///
  /// It is a question to the customer, never an error: the domain may exist all the same.
  package var likelyIntended: String? {
    let domain = canonicalDomain
    guard !Self.providers.contains(domain), !Self.lookAlikes.contains(domain) else { return nil }
    let intended = Self.providerOfName(of: domain) ?? Self.nearestProvider(to: domain)
    return intended.map { "\(localPart)@\($0)" }
  }

  private var canonicalDomain: String {
    String(decoding: domain.utf8.map(\.lowerCased), as: UTF8.self)
  }

  /// The provider whose name comes before a wrong ending, as in `gmail.hu`.
  private static func providerOfName(of domain: String) -> String? {
    let name = domain.prefix { $0 != "." }
    return providersOfOneDomain.first { $0.hasPrefix(name + ".") }
  }

  /// The provider whose name is reached with the fewest slips.
  ///
  /// One slip is allowed, and two in names long enough for two to be no coincidence: `hotmail.fr`
  /// is two letters away from `hotmail.hu`.
  private static func nearestProvider(to domain: String) -> String? {
    let typed = Array(domain.utf8)
    var nearest: (provider: String, slips: Int)?
    for provider in providers {
      let meant = Array(provider.utf8)
      let allowed = min(meant.count > 10 ? 2 : 1, (nearest?.slips ?? .max) - 1)
      guard abs(meant.count - typed.count) <= allowed else { continue }
      let slips = Spelling.slips(from: typed, to: meant)
      if slips <= allowed { nearest = (provider, slips) }
    }
    return nearest?.provider
  }

  /// Where customers in Hungary have their mail, commonest first.
  private static let providers = [
    "gmail.com", "freemail.hu", "citromail.hu", "hotmail.com", "outlook.com", "yahoo.com",
    "icloud.com", "t-online.hu", "indamail.hu", "upcmail.hu", "vipmail.hu", "hotmail.hu",
    "outlook.hu", "yahoo.hu", "chello.hu", "invitel.hu", "digikabel.hu", "protonmail.com",
  ]

  /// Providers that have no second domain under the same name.
  private static let providersOfOneDomain = ["gmail.com", "freemail.hu", "citromail.hu"]

  /// Real providers that would pass for a typing slip of one above.
  private static let lookAlikes: Set<String> = [
    "mail.com", "ymail.com", "email.com", "t-online.de", "freemail.de", "chello.at", "chello.sk",
  ]

  private static let spamProneProviders: Set<String> = ["freemail.hu", "citromail.hu"]
}
