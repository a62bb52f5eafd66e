/// What a customer is asked to declare at registration (J5, D 6).
package enum DeclarationKind: String, CaseIterable, Sendable {
  case marketing
  case dataProcessing = "data_processing"
  case contract
  case notice

  /// Without these there is no registration; the others may be declined (J5).
  package var isRequired: Bool {
    switch self {
    case .marketing, .dataProcessing: false
    case .contract, .notice: true
    }
  }
}

/// The exact text that somebody said yes or no to.
package struct DeclaredText: Hashable, Sendable {
  /// SHA-256 of the text, lower-case hexadecimal: its version.
  package let version: String
  package let language: Language
  package let text: String

  package init(version: String, language: Language, text: String) {
    self.version = version
    self.language = language
    self.text = text
  }
}

/// One answer to one text.
package struct Declaration: Hashable, Sendable {
  package let kind: DeclarationKind
  package let isAccepted: Bool
  /// ``DeclaredText/version`` of the text on the page.
  package let version: String

  package init(kind: DeclarationKind, isAccepted: Bool, version: String) {
    self.kind = kind
    self.isAccepted = isAccepted
    self.version = version
  }
}
