/// How far an import has come.
package struct ImportProgress: Equatable, Sendable {
  package enum Stage: String, Equatable, Sendable {
    /// Lines and bytes of a file are read; both files at a time.
    case reading
    /// Rows are compared with the present register.
    case comparing
    /// Rows are written.
    case writing
  }

  package let stage: Stage
  package let file: RegisterFile
  /// Lines of the file so far.
  package let lines: Int
  /// Bytes of the file so far, while it is read.
  package var bytes = 0
}
