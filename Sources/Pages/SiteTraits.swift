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
  /// Where whoever is logged in finds what is their own, and what that is called; `nil` where that
  /// is the start.
  let account: (path: String, label: TextKey)?
  /// What the error pages say that send to the start.
  let directions: Directions
  /// The template of a message instead of a page.
  let notice: String
  /// Whether pages run the site's script.
  let hasScript: Bool

  /// Sentences that name the site's start.
  struct Directions: Sendable {
    let staleForm: TextKey
    let notFound: TextKey
    let wrongMethod: TextKey
    let badRequest: TextKey
  }

  package static let customers = SiteTraits(
    visitor: .visitor, session: .session, start: "/ugyfelportal", startLabel: "action.toStart",
    account: (path: "/fiok", label: "action.toAccount"),
    directions: Directions(
      staleForm: "error.staleForm.body", notFound: "error.notFound.body",
      wrongMethod: "error.wrongMethod.body", badRequest: "error.badRequest.body"),
    notice: "notice", hasScript: true)

  package static let staff = SiteTraits(
    visitor: .staffVisitor, session: .staffSession, start: "/munkatars/kereses",
    startLabel: "staff.toSearch", account: nil,
    directions: Directions(
      staleForm: "staffError.staleForm.body", notFound: "staffError.notFound.body",
      wrongMethod: "staffError.wrongMethod.body", badRequest: "staffError.badRequest.body"),
    notice: "staff-notice", hasScript: false)
}
