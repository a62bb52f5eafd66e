/// A template, read as far as its tags go.
///
/// The library keeps its own tree to itself and is silent about a name that it does not find; this
/// one is for asking.
indirect enum MustacheNode: Equatable {
  case variable(String)
  case unescaped(String)
  case section(String, [MustacheNode])
  case inverted(String, [MustacheNode])
  case partial(String)
  case parent(String, [MustacheNode])
  case block(String, [MustacheNode])

  struct Unbalanced: Error {
    let tag: String
  }

  static func parse(_ source: String) throws -> [MustacheNode] {
    var tags = source.matches(of: /\{\{\s*([#^\/<$>!&{]?)\s*([^{}]*?)\s*\}\}\}?/)
      .map { (kind: String($0.1), name: String($0.2)) }[...]
    let nodes = try parse(&tags, until: nil)
    if let rest = tags.first { throw Unbalanced(tag: rest.name) }
    return nodes
  }

  private static func parse(
    _ tags: inout ArraySlice<(kind: String, name: String)>, until end: String?
  ) throws -> [MustacheNode] {
    var nodes: [MustacheNode] = []
    while let tag = tags.popFirst() {
      switch tag.kind {
      case "/":
        guard tag.name == end else { throw Unbalanced(tag: tag.name) }
        return nodes
      case "#": nodes.append(.section(tag.name, try parse(&tags, until: tag.name)))
      case "^": nodes.append(.inverted(tag.name, try parse(&tags, until: tag.name)))
      case "<": nodes.append(.parent(tag.name, try parse(&tags, until: tag.name)))
      case "$": nodes.append(.block(tag.name, try parse(&tags, until: tag.name)))
      case ">": nodes.append(.partial(tag.name))
      case "&", "{": nodes.append(.unescaped(tag.name))
      case "!": continue
      default: nodes.append(.variable(tag.name))
      }
    }
    if let end { throw Unbalanced(tag: end) }
    return nodes
  }
}
