package import Hummingbird
package import Wording

/// One of the insurer's documents in the site's layout.
private struct DocumentPage: Page {
  let frame: Frame
  private let name: DocumentName

  var template: String { "document-\(name.rawValue)" }

  init(_ name: DocumentName, frame: Frame) {
    self.name = name
    self.frame = frame
  }
}

extension Site {
  /// The response that shows one of the insurer's documents.
  package func response(to name: DocumentName, _ context: SiteContext) throws -> Response {
    let document = brand.document(name, in: context.language)
    return try response(DocumentPage(name, frame: frame(document.title, context)), context)
  }
}
