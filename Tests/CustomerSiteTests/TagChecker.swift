@testable internal import Pages

/// Walks a template beside a page that has everything on it, and names the tags that have no
/// property.
struct TagChecker {
  let sources: [String: String]
  private(set) var faults: Set<String> = []
  /// The names that some tag asked for.
  private(set) var used: Set<String> = []

  init(sources: [String: String]) {
    self.sources = sources
  }

  mutating func check(_ page: some Page) throws {
    let source = sources[page.template] ?? ""
    if source.isEmpty { faults.insert("there is no template \(page.template)") }
    walk(try MustacheNode.parse(source), [Content(of: page)], [:], in: page.template)
  }

  private mutating func walk(
    _ nodes: [MustacheNode], _ stack: [Any], _ blocks: [String: [MustacheNode]],
    in template: String
  ) {
    for node in nodes { visit(node, stack, blocks, in: template) }
  }

  private mutating func visit(
    _ node: MustacheNode, _ stack: [Any], _ blocks: [String: [MustacheNode]],
    in template: String
  ) {
    switch node {
    case .variable(let name):
      guard let value = find(name, stack, template) else { return }
      if !(value is String) { faults.insert("\(template): {{\(name)}} is no text") }
    case .unescaped(let name): faults.insert("\(template): {{{\(name)}}} is not escaped")
    case .inverted(let name, let children):
      guard let value = find(name, stack, template) else { return }
      if value is String { faults.insert("\(template): {{^\(name)}} asks a text") }
      walk(children, stack, blocks, in: template)
    case .section(let name, let children):
      guard let value = find(name, stack, template) else { return }
      enter(name, value, children, stack, blocks, in: template)
    case .partial(let name):
      walk(nodes(of: name, template), stack, blocks, in: name)
    case .parent(let name, let children):
      var inner = blocks
      for case .block(let block, let content) in children {
        inner[block] = blocks[block] ?? content
      }
      walk(nodes(of: name, template), stack, inner, in: name)
    case .block(let name, let children):
      walk(blocks[name] ?? children, stack, blocks, in: template)
    }
  }

  private mutating func enter(
    _ name: String, _ value: Any, _ children: [MustacheNode], _ stack: [Any],
    _ blocks: [String: [MustacheNode]], in template: String
  ) {
    switch value {
    case is Bool: walk(children, stack, blocks, in: template)
    case is String: faults.insert("\(template): {{#\(name)}} asks a text")
    case let list as [Any]:
      for element in list { walk(children, stack + [element], blocks, in: template) }
    default: walk(children, stack + [value], blocks, in: template)
    }
  }

  private mutating func nodes(of name: String, _ template: String) -> [MustacheNode] {
    guard let source = sources[name], let nodes = try? MustacheNode.parse(source) else {
      faults.insert("\(template): there is no template \(name)")
      return []
    }
    return nodes
  }

  private mutating func find(_ name: String, _ stack: [Any], _ template: String) -> Any? {
    if name == "." { return stack.last }
    let names = name.split(separator: ".").map(String.init)
    used.formUnion(names)
    for object in stack.reversed() {
      guard let content = object as? Content, let child = content.child(named: names[0]) else {
        continue
      }
      var value: Any? = child
      for name in names.dropFirst() { value = (value as? Content)?.child(named: name) }
      if let value { return value }
      break
    }
    faults.insert("\(template): {{\(name)}} names no property")
    return nil
  }
}
