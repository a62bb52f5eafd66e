internal import Domain
internal import Synchronization

/// The texts that are known to be in the database. None ever leaves it, so that each has to be
/// looked for only once.
final class KeptTexts: Sendable {
  private struct Text: Hashable {
    let kind: DeclarationKind
    let version: String

    init(of declaration: Declaration) {
      kind = declaration.kind
      version = declaration.version
    }
  }

  private let texts = Mutex<Set<Text>>([])

  func contain(_ declaration: Declaration) -> Bool {
    texts.withLock { $0.contains(Text(of: declaration)) }
  }

  /// - Parameter declarations: those whose texts were read from the database, not those that a
  ///   transaction has just written and may undo
  func add(_ declarations: [Declaration]) {
    texts.withLock { $0.formUnion(declarations.map(Text.init(of:))) }
  }
}
