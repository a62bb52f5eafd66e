internal import Cryptography
internal import FoundationEssentials

/// The page that somebody asked for, or was filling in, when the time was over or they went back a
/// step: they come back to it, with the form as it was (WCAG 2.2.1).
///
/// It travels in a sealed cookie, so that no address of ours can be made to lead elsewhere, and
/// what was typed is shown to nobody but its owner.
package struct AskedPage: Codable, Hashable, Sendable {
  package let path: String
  /// Who typed it; empty when nothing was typed.
  package let owner: String
  /// Fields by their names; never a password or a code.
  package let typed: [String: String]

  package init(path: String, owner: String = "", typed: [String: String] = [:]) {
    self.path = path
    self.owner = owner
    self.typed = typed
  }

  /// Longer than anybody needs to log in or to wait for a code.
  static let ageSeconds = 30 * 60
  /// A browser keeps no cookie of more than 4 kilobytes; sealed and in digits this is twice as
  /// long.
  private static let longest = 1500

  func sealed(with keys: SecretKeys, _ randomBytes: RandomBytes) -> String? {
    guard let bytes = try? JSONEncoder().encode(self), bytes.count <= AskedPage.longest else {
      return nil
    }
    return hexadecimal(keys.seal(Array(bytes), for: .askedPage, randomBytes: randomBytes))
  }

  init?(sealed text: String, with keys: SecretKeys) {
    guard text.utf8.count <= 4096, let sealed = bytes(hexadecimal: text),
      let opened = keys.open(sealed, for: .askedPage),
      let page = try? JSONDecoder().decode(AskedPage.self, from: Data(opened))
    else { return nil }
    self = page
  }
}

extension Site {
  /// Remembers the page in the browser until its owner has come back.
  package func remember(_ page: AskedPage, in context: SiteContext) {
    guard let sealed = page.sealed(with: keys, randomBytes) else { return }
    context.set(.asked, to: sealed, maxAgeSeconds: AskedPage.ageSeconds)
  }

  /// The page that the browser remembers.
  package func askedPage(in context: SiteContext) -> AskedPage? {
    context.cookies[.asked].flatMap { AskedPage(sealed: $0, with: keys) }
  }

  /// What was typed at a path by somebody before they left it.
  package func typed(
    at path: String, by owner: String, in context: SiteContext
  ) -> [String: String]? {
    guard let page = askedPage(in: context), page.path == path, page.owner == owner,
      !page.typed.isEmpty
    else { return nil }
    return page.typed
  }

  /// The same, which is given back once.
  package func takeTyped(
    at path: String, by owner: String, in context: SiteContext
  ) -> [String: String]? {
    guard let typed = typed(at: path, by: owner, in: context) else { return nil }
    context.remove(.asked)
    return typed
  }
}
