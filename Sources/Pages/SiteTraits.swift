internal import Wording

/// What differs between the sites that share these pages.
package struct SiteTraits: Sendable {
  /// Binds forms to the browser that requested them.
  let visitor: CookieName
  /// The login.
  let session: CookieName
  /// Where whoever is lost begins again, and what that is called.
  let start: String
  let startLabel: TextKey
  /// The template of a message instead of a page.
  let notice: String
  /// Whether pages run the site's script.
  let hasScript: Bool

  package static let customers = SiteTraits(
    visitor: .visitor, session: .session, start: "/ugyfelportal", startLabel: "action.toStart",
    notice: "notice", hasScript: true)

  package static let staff = SiteTraits(
    visitor: .staffVisitor, session: .staffSession, start: "/munkatars/kereses",
    startLabel: "staff.toSearch", notice: "staff-notice", hasScript: false)
}
