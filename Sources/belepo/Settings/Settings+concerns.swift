internal import Cryptography
internal import Foundation
internal import Logging
internal import PersistencePostgres
internal import Wording

// What can be used as it is, and is not safe or not what was meant.
extension Settings {
  /// A sentence each, for `config check` and for the log at start.
  var concerns: [String] {
    secretConcerns + wayOutConcerns + listenerConcerns + staffListenerConcerns
  }

  func tellConcerns(about brand: Brand, to logger: Logger) {
    for sentence in concerns + concerns(about: brand) {
      logger.warning("\(sentence)", metadata: ["event": "configuration_concern"])
    }
  }

  private var secretConcerns: [String] {
    var sentences = setTwice.map {
      "\($0.variable) and \($0.variable)_FILE are both set: the file is not used."
    }
    let lists = [
      (SettingKey.secretsKey, "codes and sessions can be guessed"),
      (.portalKey, "anybody can tell a portal that somebody is logged in"),
    ]
    for (key, danger) in lists {
      for place in SecretKeys.weakPlaces(inList: text(key) ?? "") {
        sentences.append(
          "\(key.rawValue): key \(place) of the list is not random, so that \(danger). Make one: "
            + "openssl rand -base64 32")
      }
    }
    return sentences
  }

  /// What leaves this machine unencrypted.
  private var wayOutConcerns: [String] {
    var sentences: [String] = []
    let gateways = [("kannel", SettingKey.smsKannelURL), ("http", .smsHTTPURL)]
    for (name, key) in gateways where smsGateways.contains(name) && isOpen(checkedText(key)) {
      sentences.append(
        "\(key.rawValue) is remote and without TLS: numbers and codes can be read on the way."
      )
    }
    if isOpen(text(.registerServiceURL) ?? "") {
      sentences.append(
        "register.service.url is remote and without TLS: who the customers are can be read, and "
          + "changed, on the way.")
    }
    if text(.tracesHeaders) != nil, isOpen(text(.tracesURL) ?? "") {
      sentences.append(
        "traces.url is remote and without TLS: traces.headers can be read on the way.")
    }
    if checkedText(.mailSecurity) == "none", !Settings.isThisMachine(checkedText(.mailHost)) {
      sentences.append(
        "mail.smtp.security is none and the relay is remote: addresses and codes can be read on "
          + "the way.")
    }
    let database = checkedText(.databaseURL)
    let mode = ProcessInfo.processInfo.environment["PGSSLMODE"]
    if Setting.sqlitePath(database) == nil,
      !PostgresSettings.isProtected(url: database, mode: mode)
    {
      sentences.append(
        "database.url does not demand TLS of a remote PostgreSQL: add sslmode=verify-full.")
    }
    return sentences
  }

  private var listenerConcerns: [String] {
    guard !Settings.isThisMachine(checkedText(.httpHost)) else { return [] }
    var sentences: [String] = []
    if publicURL.scheme == "http" {
      sentences.append(
        "http.publicURL is without TLS and http.host can be reached from elsewhere: passwords and "
          + "codes can be read on the way.")
    } else if text(.trustedProxies) == nil {
      sentences.append(
        "http.trustedProxies is not set, though TLS must end at a proxy: all customers behind it "
          + "count as one address, and share its limits.")
    }
    return sentences
  }

  private var staffListenerConcerns: [String] {
    guard text(.staffPort) != nil, !Settings.isThisMachine(checkedText(.staffHost)),
      staffPublicURL.scheme == "http"
    else { return [] }
    return [
      "staff.publicURL is without TLS and staff.host can be reached from elsewhere: passwords of "
        + "staff, and what they look at, can be read on the way."
    ]
  }

  /// Whether an http address, which may have places such as `{number}`, is on another machine.
  private func isOpen(_ address: String) -> Bool {
    let scheme = "http://"
    guard address.lowercased().hasPrefix(scheme) else { return false }
    let authority = address.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
    let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    let host =
      place.hasPrefix("[") ? place.dropFirst().prefix { $0 != "]" } : place.prefix { $0 != ":" }
    return !Settings.isThisMachine(String(host))
  }

  /// Whether a host is reached without a network.
  static func isThisMachine(_ host: String) -> Bool {
    let name = host.lowercased()
    return name == "localhost" || name.hasSuffix(".localhost") || name == "::1"
      || (name.hasPrefix("127.") && Setting.addresses(name) == [name])
  }

  // MARK: The example's brand

  /// - Throws: ``Failure`` when real customers would conclude a contract with the made-up insurer.
  func refuseExample(_ brand: Brand) throws {
    guard Settings.isPublicName(publicURL.host ?? ""), !brand.examples.isEmpty else { return }
    throw Failure(
      "These still are the made-up insurer's, and http.publicURL is a public name: "
        + brand.examples.joined(separator: ", ") + ". Put your own into brand.directory.",
      .configuration)
  }

  func concerns(about brand: Brand) -> [String] {
    brand.examples.isEmpty
      ? []
      : [
        "The brand still has parts of the made-up insurer: "
          + brand.examples.joined(separator: ", ") + ". A public name is refused with them."
      ]
  }

  /// Whether customers can have reached a host by this name: not this machine, no bare address, no
  /// name of a local network, and none that is reserved for trials (RFC 2606, 6761, 6762, 8375).
  static func isPublicName(_ host: String) -> Bool {
    let labels = host.lowercased().split(separator: ".").map(String.init)
    guard labels.count >= 2, let last = labels.last, !host.contains(":"),
      !last.allSatisfy(\.isNumber)
    else { return false }
    let reserved = ["test", "example", "invalid", "localhost", "local", "internal", "lan", "arpa"]
    let examples = ["example.com", "example.net", "example.org"]
    return !reserved.contains(last)
      && !examples.contains(labels.suffix(2).joined(separator: "."))
  }
}
