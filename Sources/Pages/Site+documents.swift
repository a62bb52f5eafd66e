package import HTTPTypes
package import Hummingbird
internal import NIOCore

/// A document of the insurer's as it was stored, to be shown inside a page.
///
/// It is HTML that the insurer wrote and an instance stored word for word; nothing from a customer
/// or a request ever becomes one.
package struct KeptDocument: Sendable {
  private let html: String

  /// - Parameter depth: how many headings come above the document's own
  package init(html: String, depth: Int) {
    var bytes = Array(html.utf8)
    for place in bytes.indices where bytes[place] == UInt8(ascii: "<") {
      let isEnd = place + 1 < bytes.count && bytes[place + 1] == UInt8(ascii: "/")
      let letter = place + (isEnd ? 2 : 1)
      // A digit, and what comes behind it, as in `<h2>` and `<h2 class="a">`.
      guard letter + 2 < bytes.count, bytes[letter] == UInt8(ascii: "h"),
        (UInt8(ascii: "1")...UInt8(ascii: "5")).contains(bytes[letter + 1]),
        bytes[letter + 2] == UInt8(ascii: ">")
          || (!isEnd && bytes[letter + 2] == UInt8(ascii: " "))
      else { continue }
      let level = Int(bytes[letter + 1] - UInt8(ascii: "0"))
      bytes[letter + 1] = UInt8(ascii: "0") + UInt8(min(6, level + depth))
    }
    self.html = String(decoding: bytes, as: UTF8.self)
  }

  /// Marks the place of a document in a template.
  ///
  /// No value of a page can contain such a mark: its angle brackets would be escaped.
  private static let mark = "<!-- document "

  private var article: String {
    "<article class=\"document\">\n\(html)\n</article>"
  }

  /// A page with documents where its marks are, read once and byte by byte.
  fileprivate static func put(_ documents: [KeptDocument], into page: String) -> String {
    var whole = ""
    var rest = page.utf8[...]
    while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
      whole += Substring(rest[..<open])
      rest = rest[open...]
      let number = rest.dropFirst(mark.utf8.count).prefix { $0 != UInt8(ascii: " ") }
      if rest.starts(with: mark.utf8), let place = Int(Substring(number)),
        documents.indices.contains(place), rest[number.endIndex...].starts(with: " -->".utf8)
      {
        whole += documents[place].article
        rest = rest[number.endIndex...].dropFirst(" -->".utf8.count)
      } else {
        whole += "<"
        rest = rest.dropFirst()
      }
    }
    return whole + Substring(rest)
  }
}

extension Site {
  /// The response that shows a page with stored documents in it.
  ///
  /// - Parameter documents: each goes where the template has the comment `document`, with its place
  ///   in this list
  package func response(
    _ page: some Page, holding documents: [KeptDocument], _ context: SiteContext,
    status: HTTPResponse.Status = .ok
  ) throws -> Response {
    let html = KeptDocument.put(documents, into: try templates.render(page, in: context.language))
    return Response(
      status: status,
      headers: [.contentType: "text/html; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }
}
