internal import Foundation

/// The parts of this host behind our login to which a customer may be sent back after it.
///
/// A place is a path of this host that begins with one of the operator's prefixes: nobody can be
/// sent to another host, and to nothing that a path could mean besides itself.
package struct ReturnPlaces: Sendable {
  private let prefixes: [String]

  /// - Parameter prefixes: each begins and ends with a slash, such as `/portal/`
  package init(prefixes: [String] = []) {
    self.prefixes = prefixes
  }

  /// Prefixes as an operator writes them, separated by commas; empty when one of them is none.
  package static func prefixes(_ text: String) -> [String] {
    let parts = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let areGood = parts.allSatisfy { part in
      part.utf8.count > 2 && part.hasPrefix("/") && part.hasSuffix("/") && isPlain(part)
        && !part.contains("?")
    }
    return areGood ? parts : []
  }

  /// The name in the address of the login page.
  package static let parameter = "vissza"

  /// The longest place, in bytes.
  package static let longest = 1024

  /// The place, if it is one.
  package func place(_ text: String?) -> String? {
    guard let text, text.utf8.count <= ReturnPlaces.longest, ReturnPlaces.isPlain(text),
      prefixes.contains(where: text.hasPrefix)
    else { return nil }
    return text
  }

  /// What stands for itself, to every browser and proxy: printable ASCII without a backslash, and
  /// in the path no empty or dotted step, however written.
  private static func isPlain(_ text: String) -> Bool {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
      !text.contains("#")
    else { return false }
    let path = text.prefix { $0 != "?" }.lowercased()
    let steps = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    return steps.dropLast().allSatisfy { !$0.isEmpty } && !steps.contains(".")
      && !steps.contains("..") && !["%2e", "%2f", "%5c", "%00"].contains(where: path.contains)
  }
}
