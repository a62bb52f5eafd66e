/// A page: a plain struct of strings, booleans, lists and such structs, and the template that shows
/// it.
///
/// Mustache reads stored properties by their names, private ones too, so that a page holds nothing
/// that may not be seen: no record, no domain value, no secret.
package protocol Page: Sendable {
  /// The name of the template's file, without its ending.
  var template: String { get }
  /// What the layout shows around the page.
  var frame: Frame { get }
}

/// What every page shows around its own content.
package struct Frame: Sendable {
  /// The heading; it begins the document's title.
  let title: String
  /// Whether the page tells of an error, which the document's title then says first.
  let isError: Bool
  let errors: [FieldError]
  let hasErrors: Bool
  let formToken: String
  /// Of the registration in progress; empty when there is none.
  let caseNumber: String
  let hasCaseNumber: Bool
  let isLoggedIn: Bool
  /// The page's own path without its slash, when it answers posts to another path too.
  let page: String
  let hasPage: Bool
  /// Whether a form's content goes along when the language is switched.
  let keepsTyped: Bool
  let isDemo: Bool
  /// Of the part of the site that the page belongs to; empty when it has none.
  var menu: [Menu.Item] = []
  var hasMenu = false
}

/// The forms of a page, as far as its frame is concerned.
package enum FormKind: Sendable {
  case none
  /// Codes and passwords: they are typed anew in the other language.
  case typedAnew
  /// What was typed must survive a change of language (R1); the form's `id` is `form`.
  case keptInOtherLanguage
}

/// One thing to mend, told in the summary and at its field.
package struct FieldError: Hashable, Sendable {
  /// The field's `id`.
  package let anchor: String
  package let text: String

  package init(anchor: String, text: String) {
    self.anchor = anchor
    self.text = text
  }
}

/// One field of a form, as it was typed, with what is wrong with it.
package struct Field: Sendable {
  let value: String
  let error: String
  let hasError: Bool

  package init(_ value: String = "", error: String? = nil) {
    self.value = value
    self.error = error ?? ""
    hasError = error != nil
  }
}
