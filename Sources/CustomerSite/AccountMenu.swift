internal import Pages
internal import Wording

/// The pages of an account, in the order of their menu.
enum AccountMenu {
  /// A page and the label of its link; the home page also says what it is for.
  struct Entry {
    let label: TextKey
    let purpose: TextKey
    let path: String
  }

  static let entries: [Entry] = [
    Entry(label: "menu.home", purpose: "menu.home", path: "/fiok"),
    Entry(label: "menu.profile", purpose: "menu.profile.purpose", path: "/fiok/adatok"),
    Entry(
      label: "menu.declarations", purpose: "menu.declarations.purpose",
      path: "/fiok/nyilatkozatok"),
    Entry(label: "menu.contract", purpose: "menu.contract.purpose", path: "/fiok/szerzodes"),
    Entry(label: "menu.devices", purpose: "menu.devices.purpose", path: "/fiok/biztonsag"),
    Entry(label: "menu.password", purpose: "menu.password.purpose", path: "/fiok/jelszo"),
    Entry(label: "menu.data", purpose: "menu.data.purpose", path: "/fiok/adataim"),
  ]
}

extension Site {
  /// The menu of every page of an account.
  func accountMenu(at path: String, _ context: SiteContext) -> Menu {
    let texts = texts(context)
    return Menu(
      AccountMenu.entries.map { (texts[$0.label], $0.path) }, at: path,
      root: CustomerPath.home.rawValue)
  }
}
