internal import Foundation

/// What a person reads in a letter, and what a mail program finds in it.
struct Reading {
  let html: String

  /// The words in their order, the hidden ones too, without the title of the document.
  var words: [String] { Reading.words(of: text(of: html(after: "<body"))) }

  static func words(of text: String) -> [String] {
    text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  /// The texts of all elements of a kind.
  func texts(_ tag: String) -> [String] {
    html.components(separatedBy: "<\(tag)").dropFirst().compactMap { piece in
      guard let first = piece.first, first == " " || first == ">",
        let start = piece.firstIndex(of: ">"), let end = piece.range(of: "</\(tag)>")
      else { return nil }
      return text(of: piece[piece.index(after: start)..<end.lowerBound])
    }
  }

  /// The values of an attribute.
  func values(of attribute: String) -> [String] {
    html.components(separatedBy: " \(attribute)=\"").dropFirst().map {
      String($0.prefix { $0 != "\"" })
    }
  }

  var preheader: String? {
    html.firstMatch(of: #/<div style="display: none;[^>]*>([^<]*)</#).map { text(of: $0.1) }
  }

  /// The pieces of the letter itself, from its title to its footer.
  var pieces: Int {
    let kinds = ["<p ", "<h2 ", "<h3 ", "<li ", "<hr "]
    let all = kinds.map { html.ranges(of: $0).count }.reduce(0, +)
    // The insurer's name above, and the footer's rule and three paragraphs below.
    return all - 1 - 4
  }

  private func html(after mark: String) -> Substring {
    html.range(of: mark).map { html[$0.lowerBound...] } ?? html[...]
  }

  private func text(of html: some StringProtocol) -> String {
    let words = String(html)
      .replacing(#/<!--(?:.|\n)*?-->/#, with: "")
      .replacing("<br>", with: "\n")
      .replacing(#/<[^>]*>/#, with: "")
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
    // Literally: what follows may join the semicolon to one character.
    return entities.reduce(words) {
      $0.replacingOccurrences(of: $1.0, with: $1.1, options: .literal)
    }
  }
}
