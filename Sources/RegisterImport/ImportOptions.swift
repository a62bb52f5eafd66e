/// What the person who starts an import may choose.
package struct ImportOptions: Equatable, Sendable {
  package var kind = ImportKind.whole()
  package var encoding = TextEncoding.utf8
  /// Reads, checks and compares everything, and changes nothing.
  package var isDryRun = false
  package var guards = ImportGuards()
  /// Guards that may find what they find, this time.
  package var forced: Set<ImportGuard> = []
  /// Why they are forced; recorded.
  package var reason: String?
  /// Who imports; recorded.
  package var person: String?

  package init() {}
}
