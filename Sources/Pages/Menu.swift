/// The menu of a part of the site, marking where the customer is in it.
package struct Menu: Sendable {
  let items: [Item]

  package struct Item: Hashable, Sendable {
    let label: String
    let path: String
    /// Whether it leads to the page that shows the menu.
    let isCurrent: Bool
    /// Whether the page that shows the menu is below this entry's page.
    let isAbove: Bool
  }

  /// - Parameters:
  ///   - entries: labels and paths, each beginning with a slash
  ///   - current: the path of the page that shows the menu
  ///   - root: the path that everything is below, so that being below it means nothing
  package init(_ entries: [(label: String, path: String)], at current: String, root: String) {
    items = entries.map { entry in
      Item(
        label: entry.label, path: String(entry.path.drop { $0 == "/" }),
        isCurrent: entry.path == current,
        isAbove: entry.path != root && current.hasPrefix(entry.path + "/"))
    }
  }
}
