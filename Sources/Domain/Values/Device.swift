/// What somebody uses the portal with, in words that a customer knows: «Chrome, Android».
///
/// Read from the browser's own description, of which nothing else is kept: enough to recognise
/// one's own phone in a list, and too little to track anybody.
package struct Device: Hashable, Sendable {
  package let browser: Browser?
  package let system: System?

  package static let unknown = Device(browser: nil, system: nil)

  package init(browser: Browser?, system: System?) {
    self.browser = browser
    self.system = system
  }

  package enum Browser: String, CaseIterable, Sendable {
    case edge
    case opera
    case samsungInternet = "samsung"
    case firefox
    case chrome
    case safari

    package var name: String {
      switch self {
      case .edge: "Edge"
      case .opera: "Opera"
      case .samsungInternet: "Samsung Internet"
      case .firefox: "Firefox"
      case .chrome: "Chrome"
      case .safari: "Safari"
      }
    }

    /// Most browsers also name those that they imitate, so the imitators are tried first.
    fileprivate static let marks: [(String, Browser)] = [
      ("Edg/", .edge), ("EdgA/", .edge), ("EdgiOS/", .edge), ("OPR/", .opera), ("OPT/", .opera),
      ("SamsungBrowser/", .samsungInternet), ("Firefox/", .firefox), ("FxiOS/", .firefox),
      ("CriOS/", .chrome), ("Chrome/", .chrome), ("Chromium/", .chrome), ("Safari/", .safari),
    ]
  }

  package enum System: String, CaseIterable, Sendable {
    case iPhone = "iphone"
    case iPad = "ipad"
    case android
    case windows
    case chromeOS = "chromeos"
    case mac
    case linux

    package var name: String {
      switch self {
      case .iPhone: "iPhone"
      case .iPad: "iPad"
      case .android: "Android"
      case .windows: "Windows"
      case .chromeOS: "ChromeOS"
      case .mac: "Mac"
      case .linux: "Linux"
      }
    }

    /// An Android is also a Linux, and an iPhone is also «like Mac OS X».
    fileprivate static let marks: [(String, System)] = [
      ("iPhone", .iPhone), ("iPad", .iPad), ("Android", .android), ("Windows", .windows),
      ("CrOS", .chromeOS), ("Macintosh", .mac), ("Linux", .linux),
    ]
  }

  /// Reads a `User-Agent`; only the beginning of a long one, where browsers say what they are.
  package init(userAgent: String) {
    let text = String(userAgent.prefix(512))
    browser = Browser.marks.first { text.contains($0.0) }?.1
    system = System.marks.first { text.contains($0.0) }?.1
  }

  /// The form stored in the database; empty when nothing is known.
  package var code: String {
    self == .unknown ? "" : "\(browser?.rawValue ?? "")-\(system?.rawValue ?? "")"
  }

  /// Reads what ``code`` returned; the code of another version may be unknown here.
  package init(code: String) {
    let parts = code.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    browser = parts.first.flatMap(Browser.init(rawValue:))
    system = parts.count > 1 ? System(rawValue: parts[1]) : nil
  }

  /// Names that are the same in every language; `nil` when nothing is known.
  package var name: String? {
    let names = [browser?.name, system?.name].compactMap(\.self)
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }
}
