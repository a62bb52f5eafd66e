/// A language of the portal.
///
/// The raw value is the code used in `lang` attributes, cookies and the database.
package enum Language: String, CaseIterable, Sendable, Codable {
  case hungarian = "hu"
  case english = "en"
}
