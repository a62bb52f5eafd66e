internal import Mustache

/// A page's properties by name, read once.
///
/// Mustache would ask the page's mirror for each tag anew; a page asks its mirror once.
final class Content: MustacheParent {
  private let values: [String: Any]

  init(of value: Any) {
    var values: [String: Any] = [:]
    for child in Mirror(reflecting: value).children {
      guard let name = child.label else { continue }
      values[name] = Content.presentable(child.value)
    }
    self.values = values
  }

  func child(named name: String) -> Any? { values[name] }

  /// The names that a template may use here; tests compare them with its tags.
  var names: Set<String> { Set(values.keys) }

  private static func presentable(_ value: Any) -> Any {
    switch value {
    case let text as String: text
    case let truth as Bool: truth
    case let texts as [String]: texts
    case let list as [Any]: list.map { Content(of: $0) }
    default: Content(of: value)
    }
  }
}
