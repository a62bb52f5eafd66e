/// A language in which the portal speaks.
///
/// The raw value is the code that stands in `lang` attributes, cookies and the database.
package enum Language: String, CaseIterable, Sendable, Codable {
  case hungarian = "hu"
  case english = "en"
}
