internal import Domain
internal import Synchronization

/// A page that is the same for all who have typed nothing yet, but for its form's token.
///
/// Such a page is made once, and the token put into it for each who looks.
package protocol CommonPage: Page, Hashable {
  var frame: Frame { get set }
  /// Whether nothing beside the frame comes from the person who looks.
  var isUntouched: Bool { get }
}

extension CommonPage {
  package var isUntouched: Bool { true }
}

/// The HTML of common pages, made once for each of their few variants.
final class PreparedPages: Sendable {
  private struct Variant: Hashable, Sendable {
    let page: any Hashable & Sendable
    let language: Language

    static func == (one: Variant, other: Variant) -> Bool {
      one.language == other.language && AnyHashable(one.page) == AnyHashable(other.page)
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(language)
      page.hash(into: &hasher)
    }
  }

  private let parts = Mutex<[Variant: [String]]>([:])

  /// The pages have some dozens: what goes beyond must not fill the memory.
  private static let most = 200
  /// Stands where the token will; letters only, so that it is escaped nowhere.
  private static let mark = "THE-TOKEN-OF-THIS-FORM"

  /// The page's HTML, from the one that is kept or by `render`, which is then kept.
  func html<Shown: CommonPage>(
    of page: Shown, in language: Language, render: (Shown) throws -> String
  ) rethrows -> String {
    guard page.isUntouched, page.frame.isOfNobody else { return try render(page) }
    var common = page
    common.frame.formToken = page.frame.formToken.isEmpty ? "" : PreparedPages.mark
    let variant = Variant(page: common, language: language)
    let token = page.frame.formToken
    if let kept = parts.withLock({ $0[variant] }) { return kept.joined(separator: token) }
    let made = try render(common).split(
      separator: PreparedPages.mark, omittingEmptySubsequences: false
    ).map(String.init)
    parts.withLock { if $0.count < PreparedPages.most { $0[variant] = made } }
    return made.joined(separator: token)
  }
}
