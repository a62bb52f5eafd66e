/// A message instead of a page: what happened, and the ways on.
package struct Notice: Sendable {
  package let title: String
  package let paragraphs: [String]
  package let actions: [Action]
  package let isError: Bool
  /// Whether the way on is a call.
  package let isCall: Bool
  /// Where to read the same again, when it answers a post to a path that has no page.
  package let page: String?
  /// The request's number, by which operators find an unexpected error in the log; `nil` otherwise.
  package let errorNumber: String?

  /// A way on.
  package struct Action: Sendable {
    let label: String
    let path: String
    let isPrimary: Bool

    /// - Parameter path: a path of the site, beginning with a slash
    package init(_ label: String, path: String, isPrimary: Bool = false) {
      self.label = label
      self.path = String(path.drop { $0 == "/" })
      self.isPrimary = isPrimary
    }
  }

  package init(
    _ title: String, _ paragraphs: [String], actions: [Action], isError: Bool = true,
    isCall: Bool = false, page: String? = nil, errorNumber: String? = nil
  ) {
    self.title = title
    self.paragraphs = paragraphs
    self.actions = actions
    self.isError = isError
    self.isCall = isCall
    self.page = page
    self.errorNumber = errorNumber
  }
}

struct NoticePage: Page {
  var template: String { "notice" }
  let frame: Frame
  let paragraphs: [String]
  let actions: [Notice.Action]
  var isCall = false
  /// What a caller reads out after an unexpected error; empty otherwise.
  var errorNumber = ""
  var hasErrorNumber = false
}
