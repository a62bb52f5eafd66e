package import HTTPTypes
package import Hummingbird
internal import NIOCore

/// A document of the insurer's as it was kept, to be shown inside a page.
///
/// It is HTML that the insurer wrote and an instance kept word for word; nothing that a customer or
/// a request brought ever becomes one.
package struct KeptDocument: Sendable {
  private let html: String

  /// - Parameter depth: how many headings stand above the document's own
  package init(html: String, depth: Int) {
    var html = html
    // From the deepest on, so that no heading is lowered twice.
    for level in (1...5).reversed() {
      let lower = min(6, level + depth)
      html = html.replacing("<h\(level)>", with: "<h\(lower)>")
        .replacing("<h\(level) ", with: "<h\(lower) ")
        .replacing("</h\(level)>", with: "</h\(lower)>")
    }
    self.html = html
  }

  /// What stands in a template where a document is to come.
  ///
  /// No value of a page can bring such a mark: its angle brackets would be escaped.
  fileprivate static func mark(_ place: Int) -> String { "<!-- document \(place) -->" }

  fileprivate var article: String {
    "<article class=\"document\">\n\(html)\n</article>"
  }
}

extension Site {
  /// The answer that shows a page with kept documents in it.
  ///
  /// - Parameter documents: each goes where the template has the comment `document`, with its place
  ///   in this list
  package func response(
    _ page: some Page, holding documents: [KeptDocument], _ context: SiteContext,
    status: HTTPResponse.Status = .ok
  ) throws -> Response {
    var html = try templates.render(page, in: context.language)
    for (place, document) in documents.enumerated() {
      html = html.replacing(KeptDocument.mark(place), with: document.article)
    }
    return Response(
      status: status,
      headers: [.contentType: "text/html; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }
}
