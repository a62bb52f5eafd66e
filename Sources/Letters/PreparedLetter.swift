internal import Domain
internal import Markup
internal import Wording

/// One of the brand's letters, laid out when the brand is read.
///
/// What does not differ from letter to letter has its HTML by then. The paragraphs that have places
/// are read anew for each letter; when they come out in the form that was laid out, their words go
/// into it. A letter that comes out otherwise is none of these, and is laid out as a whole.
struct PreparedLetter: Sendable {
  private let subject: String
  private let text: PreparedText
  private let open: [OpenParagraph]
  /// Which of the open paragraphs begins the list of letters' hidden sentence, if one does.
  private let preheader: Int?
  private let form: Form

  /// A paragraph with places, and what it was like when it was laid out.
  private struct OpenParagraph {
    let lines: [[PreparedText.Segment]]
    let surroundings: Part.Surroundings
    let shape: [PartShape]
    let isCode: Bool
  }

  /// What tells a template what to write, besides words.
  private struct PartShape: Hashable {
    let kind: Part.Kind
    /// For each line, whether its pieces are whole.
    let lines: [[Bool]]

    init(_ part: Part) {
      kind = part.kind
      lines = part.lines.map { $0.pieces.map(\.isWhole) }
    }
  }

  /// Who writes, and how it is written.
  struct Writer {
    let insurer: String
    /// Makes the HTML of a letter that has this subject, hidden sentence and parts.
    let html: (_ subject: String, _ preheader: String, _ parts: [Part]) -> String
  }

  /// - Parameter samples: what usually stands in the places
  init?(subject: String, text: PreparedText, samples: [String], _ writer: Writer) {
    let paragraphs = PreparedLetter.paragraphs(of: text, with: samples)
    guard paragraphs.count == text.paragraphs.count else { return nil }
    let rows = Part.all(of: paragraphs, insurer: writer.insurer)
    let hidden = Letter.placeOfPreheader(in: paragraphs)
    var open: [OpenParagraph] = []
    var parts: [Part] = []
    var preheader: Int?
    var marks = Marks()
    for (place, paragraph) in text.paragraphs.enumerated() {
      guard case .open(let lines) = paragraph else {
        parts += rows[place].parts
        continue
      }
      if place == hidden { preheader = open.count }
      open.append(
        OpenParagraph(
          lines: lines, surroundings: rows[place].surroundings,
          shape: rows[place].parts.map(PartShape.init), isCode: Part.isCode(paragraphs[place])))
      parts += rows[place].parts.map { marks.mark($0) }
    }
    var sentence = hidden.map { Letter.preheader(in: paragraphs[$0]) } ?? ""
    // Without one there is no place for another: ``html(_:)`` makes sure that there is none then.
    if preheader != nil, !sentence.isEmpty { sentence = marks.next() }
    hasPreheader = !sentence.isEmpty
    self.subject = subject
    self.text = text
    self.open = open
    self.preheader = preheader
    let html = writer.html(subject, sentence, parts)
    guard let form = Form(cutting: html, places: marks.count) else { return nil }
    self.form = form
    insurer = writer.insurer
  }

  private let hasPreheader: Bool
  private let insurer: String

  private static func paragraphs(of text: PreparedText, with values: [String]) -> [[String]] {
    text.paragraphs.flatMap { paragraph in
      switch paragraph {
      case .fixed(let lines): [lines]
      case .open(let lines): PreparedText.lines(lines, with: values)
      }
    }
  }

  /// The letter, if this is the one, and comes out in the form that was laid out.
  func html(subject: String, text: String) -> String? {
    guard subject.utf8.elementsEqual(self.subject.utf8), let values = self.text.values(in: text)
    else { return nil }
    var written: [[UInt8]] = []
    func write(_ words: String) { written.append(Array(Markup.escaped(words).utf8)) }
    var sentence = ""
    for (place, paragraph) in open.enumerated() {
      let paragraphs = PreparedText.lines(paragraph.lines, with: values)
      guard let lines = paragraphs.first, paragraphs.count == 1,
        Part.isCode(lines) == paragraph.isCode
      else { return nil }
      let parts = Part.parts(of: lines, paragraph.surroundings, insurer: insurer)
      guard parts.count == paragraph.shape.count,
        zip(parts, paragraph.shape).allSatisfy({ PartShape($0) == $1 })
      else { return nil }
      for line in parts.flatMap(\.lines) {
        write(line.words)
        for piece in line.pieces { write(piece.piece) }
      }
      if place == preheader { sentence = Letter.preheader(in: lines) }
    }
    if preheader != nil {
      guard hasPreheader != sentence.isEmpty else { return nil }
      write(sentence)
    }
    return form.filled(written)
  }

  /// Gives a mark to each string of open paragraphs, in the order in which ``html(subject:text:)``
  /// writes them.
  private struct Marks {
    private(set) var count = 0

    mutating func next() -> String {
      defer { count += 1 }
      return Form.mark(count)
    }

    mutating func mark(_ part: Part) -> Part {
      var lines: [Line] = []
      for line in part.lines {
        let words = next()
        var pieces: [Line.Piece] = []
        for piece in line.pieces {
          pieces.append(Line.Piece(piece: next(), isWhole: piece.isWhole))
        }
        lines.append(Line(words: words, pieces: pieces, isLater: line.isLater))
      }
      return Part(part.kind, lines: lines)
    }
  }
}
