internal import Yams

/// What `brand.yaml` says: the insurer's name, phone and colours.
package struct BrandFacts: Codable, Hashable, Sendable {
  package let insurerName: String
  package let portalName: String
  package let callCentrePhone: String
  package let callCentreHours: [String: String]
  package let email: String
  /// Accent on light and on dark ground, as `#rrggbb`; both are checked for contrast.
  package let accentColour: String
  package let accentColourOnDark: String
  /// Where `/` leads when the insurer has an opening page of its own (J1).
  package let openingPage: String?
  /// A file of the brand's folder, `.svg` or `.png`.
  package let logo: String?
  /// Words that no password may contain, besides the names above (ASVS 6.1.2).
  package let passwordContextWords: [String]

  enum CodingKeys: String, CodingKey, CaseIterable {
    case insurerName, portalName, callCentrePhone, callCentreHours, email, accentColour
    case accentColourOnDark, openingPage, logo, passwordContextWords
  }

  /// Why a text is none, in a sentence.
  package struct Invalid: Error, CustomStringConvertible {
    package let description: String
  }

  package init(yaml text: String) throws(Invalid) {
    try BrandFacts.checkNames(text)
    do {
      self = try YAMLDecoder().decode(BrandFacts.self, from: text)
    } catch let error as DecodingError {
      throw Invalid(description: BrandFacts.sentence(about: error))
    } catch {
      throw Invalid(description: "it cannot be read: \(error)")
    }
    try BrandFacts.check(accentColour, against: "#ffffff")
    try BrandFacts.check(accentColourOnDark, against: "#0b1518")
  }

  /// The phone as a link dials it, from abroad too: a global number (RFC 3966, 5.1.4), where the
  /// written one begins with the 06 of calls inside Hungary.
  var callCentrePhoneLink: String {
    let dialled = callCentrePhone.filter { $0 == "+" || $0.isASCII && $0.isNumber }
    return dialled.hasPrefix("06") ? "+36\(dialled.dropFirst(2))" : dialled
  }

  /// A misspelt name would be read as a fact that is missing, or not at all.
  private static func checkNames(_ text: String) throws(Invalid) {
    let known = Set(CodingKeys.allCases.map(\.rawValue))
    // What is no YAML at all is told by the decoder.
    guard case .mapping(let mapping)? = try? Yams.compose(yaml: text) else { return }
    for name in mapping.keys.map({ $0.string ?? "?" }).sorted() where !known.contains(name) {
      throw Invalid(description: "\(name) is no key of a brand.")
    }
  }

  private static func sentence(about error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map(\.stringValue)
      return path.isEmpty ? "it" : path.joined(separator: ".")
    }
    return switch error {
    case .keyNotFound(let key, _): "\(key.stringValue) is missing."
    case .valueNotFound(_, let context): "\(place(context)) has no value."
    case .typeMismatch(let type, let context): "\(place(context)) is no \(type)."
    case .dataCorrupted(let context):
      if let cause = context.underlyingError {
        "\(place(context)) cannot be read: \(cause)"
      } else {
        "\(place(context)) cannot be read: \(context.debugDescription)"
      }
    @unknown default: "\(error)"
    }
  }

  private static func check(_ colour: String, against ground: String) throws(Invalid) {
    guard let accent = Colour(colour), let ground = Colour(ground) else {
      throw Invalid(description: "\(colour) is not a colour like #0b5c6b.")
    }
    guard accent.contrast(with: ground) >= Colour.leastContrast else {
      throw Invalid(description: "\(colour) is too near to its ground to be read.")
    }
  }
}
