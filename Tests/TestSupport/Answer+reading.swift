internal import Foundation
internal import HTTPTypes

/// What a person, or a screen reader, finds on a page.
extension CustomerClient.Answer {
  /// The text of the page's heading.
  package var heading: String? { words(between: "<h1>", and: "</h1>") }

  package var title: String? { words(between: "<title>", and: "</title>") }

  /// The content of `main`: the page without what the layout puts around it.
  package var main: String {
    guard let start = body.range(of: "<main"),
      let end = body.range(of: "</main>", range: start.upperBound..<body.endIndex)
    else { return "" }
    return String(body[start.lowerBound..<end.upperBound])
  }

  /// Where the link to the other language leads, if it is a link.
  package var languageLink: String? {
    guard let end = body.range(of: "\" lang=\"en\" hreflang"),
      let start = body[..<end.lowerBound].range(of: "<a href=\"", options: .backwards)
    else { return nil }
    return String(body[start.upperBound..<end.lowerBound])
  }

  package var caseNumber: String? { text(of: "data-case-number") }

  package var retryAfterSeconds: Int? { headers[.retryAfter].flatMap { Int($0) } }

  /// What a field holds; `nil` when the page has no such field.
  package func value(of id: String) -> String? { attribute("value", of: id) }

  package func isChecked(_ id: String) -> Bool { tag(of: id)?.contains(" checked") ?? false }

  package func has(_ id: String) -> Bool { tag(of: id) != nil }

  /// The sentence beside a field, without the word that screen readers say before it.
  package func error(at id: String) -> String? {
    guard let place = body.range(of: "id=\"\(id)-error\""),
      let error = body.range(
        of: "</span> ", range: place.upperBound..<body.endIndex),
      let end = body.range(of: "</span>", range: error.upperBound..<body.endIndex),
      let input = body.range(of: "<input", range: place.upperBound..<body.endIndex),
      error.lowerBound < input.lowerBound
    else { return nil }
    return CustomerClient.Answer.unescape(
      String(body[error.upperBound..<end.lowerBound])
        .replacingOccurrences(of: "<strong>", with: "")
        .replacingOccurrences(of: "</strong>", with: ""))
  }

  /// Whether the page says the words, however its markup escapes them.
  package func says(_ words: String) -> Bool {
    CustomerClient.Answer.unescape(body).contains(words)
  }

  private func words(between open: String, and close: String) -> String? {
    guard let start = body.range(of: open),
      let end = body.range(of: close, range: start.upperBound..<body.endIndex)
    else { return nil }
    return CustomerClient.Answer.unescape(String(body[start.upperBound..<end.lowerBound]))
  }

  private func attribute(_ name: String, of id: String) -> String? {
    guard let tag = tag(of: id), let start = tag.range(of: " \(name)=\""),
      let end = tag.range(of: "\"", range: start.upperBound..<tag.endIndex)
    else { return nil }
    return CustomerClient.Answer.unescape(String(tag[start.upperBound..<end.lowerBound]))
  }

  private func tag(of id: String) -> Substring? {
    guard let place = body.range(of: " id=\"\(id)\""),
      let start = body[..<place.lowerBound].lastIndex(of: "<"),
      let end = body[place.upperBound...].firstIndex(of: ">")
    else { return nil }
    return body[start...end]
  }

  package static func unescape(_ html: String) -> String {
    // What only helps the eye: a telephone number's link, and where a long word may break.
    html.replacingOccurrences(
      of: #"<a class="call" href="[^"]*">([^<]*)</a>"#, with: "$1", options: .regularExpression
    )
    .replacingOccurrences(of: "\u{AD}", with: "")
    .replacingOccurrences(of: "&lt;", with: "<")
    .replacingOccurrences(of: "&gt;", with: ">")
    .replacingOccurrences(of: "&quot;", with: "\"")
    .replacingOccurrences(of: "&#39;", with: "'")
    .replacingOccurrences(of: "&amp;", with: "&")
  }
}
