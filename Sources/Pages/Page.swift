/// A page: a plain struct of strings, booleans, lists and such structs, and the template that shows
/// it.
///
/// Mustache reads stored properties by name, even private ones, so a page contains nothing that
/// must stay hidden: no record, no domain value, no secret.
package protocol Page: Sendable {
  /// The name of the template's file, without its extension.
  var template: String { get }
  /// What the layout shows around the page.
  var frame: Frame { get }
}

/// What every page shows around its own content.
package struct Frame: Hashable, Sendable {
  /// The heading, which the document's title begins with.
  let title: String
  /// Whether the page reports an error, which the document's title then says first.
  let isError: Bool
  let errors: [FieldError]
  let hasErrors: Bool
  var formToken: String
  /// Of the registration in progress; empty when there is none.
  let caseNumber: String
  let hasCaseNumber: Bool
  let isLoggedIn: Bool
  /// The page's own path without its slash, when it answers posts to another path too.
  let page: String
  let hasPage: Bool
  /// Whether a form's content is kept when the language is switched.
  let keepsTyped: Bool
  let isDemo: Bool
  /// When what runs in this browser ends.
  var deadline = DeadlineLine.none
  var hasDeadline = false
  /// Whether the brand has a logo of its own.
  var hasLogo = false
  /// Whether a link to the site can be shown with a picture.
  var hasSharedPicture = false
  /// The size of that picture, in its own pixels.
  var pictureWidth = ""
  var pictureHeight = ""
  /// Who is logged in, by name.
  var holder = ""
  var hasHolder = false
  /// Of the part of the site that the page belongs to; empty when it has none.
  var menu: [Menu.Item] = []
  var hasMenu = false
  /// What the language's parameter begins with: the page's path may have parameters of its own.
  var parameterMark = "?"

  /// Whether nothing but the form's token tells who is looking.
  var isOfNobody: Bool {
    errors.isEmpty && caseNumber.isEmpty && holder.isEmpty && menu.isEmpty && !isLoggedIn
      && !hasDeadline
  }
}

/// The kinds of form that a page's frame distinguishes.
package enum FormKind: Sendable {
  case none
  /// Codes and passwords: they have to be typed again in the other language.
  case typedAnew
  /// What was typed must survive a change of language (R1); the form's `id` is `form`.
  case keptInOtherLanguage
}

/// One thing to correct, shown in the summary and at its field.
package struct FieldError: Hashable, Sendable {
  /// The field's `id`.
  package let anchor: String
  package let text: String

  /// The first sentence, and what explains it.
  let head: String
  let detail: String

  package init(anchor: String, text: String) {
    self.anchor = anchor
    self.text = text
    (head, detail) = text.headAndDetail
  }
}

extension [FieldError] {
  /// What is wrong with a field; nil where nothing is.
  package func text(at anchor: String) -> String? {
    first { $0.anchor == anchor }?.text
  }
}

extension String {
  /// A mistake's first sentence, which is shown in bold, and the rest.
  fileprivate var headAndDetail: (String, String) {
    let end = utf8.indices.first { place in
      utf8[place] == UInt8(ascii: ".")
        && utf8[utf8.index(after: place)...].first == UInt8(ascii: " ")
    }
    guard let end else { return (self, "") }
    return (String(self[...end]), String(self[utf8.index(after: end)...]))
  }
}

/// One field of a form, as it was typed, with what is wrong with it.
package struct Field: Hashable, Sendable {
  let value: String
  let error: String
  /// What explains the error's first sentence.
  let detail: String
  let hasError: Bool

  package init(_ value: String = "", error: String? = nil) {
    self.value = value
    (self.error, detail) = (error ?? "").headAndDetail
    hasError = error != nil
  }

  /// Whether nothing was typed, nor anything is wrong.
  package var isBlank: Bool { value.isEmpty && !hasError }
}
