internal import Mustache

/// A page's properties by name, read once.
///
/// Mustache would ask the page's mirror again for each tag.
final class Content: MustacheParent {
  private let values: [String: Any]

  convenience init(of value: Any) {
    self.init(of: Mirror(reflecting: value))
  }

  private init(of mirror: Mirror) {
    var values: [String: Any] = [:]
    for child in mirror.children {
      guard let name = child.label else { continue }
      values[name] = Content.presentable(child.value)
    }
    self.values = values
  }

  func child(named name: String) -> Any? { values[name] }

  /// The names that a template may use here; tests compare them with its tags.
  var names: Set<String> { Set(values.keys) }

  private static func presentable(_ value: Any) -> Any {
    // Asking what a value can be cast to takes several times as long as looking at its type.
    let type = type(of: value)
    if type == String.self || type == Bool.self || type == [String].self { return value }
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .collection else { return Content(of: mirror) }
    return mirror.children.map { Content(of: $0.value) }
  }
}
