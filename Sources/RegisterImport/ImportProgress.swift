/// How far an import has come.
package struct ImportProgress: Equatable, Sendable {
  package let file: RegisterFile
  /// Lines of this file that were taken over or rejected so far.
  package let lines: Int
}
