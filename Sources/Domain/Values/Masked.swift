/// A value whose text must not reach a log line.
///
/// Interpolation, `print` and `dump` all show the masked form; the text itself has to be asked for
/// by name.
package protocol Masked: CustomStringConvertible, CustomReflectable {
  /// Enough for its owner to recognise it, too little for anybody else.
  var masked: String { get }
}

extension Masked {
  package var description: String { masked }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
