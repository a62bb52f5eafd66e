/// What an import has done to the register, for what follows from it.
package enum RegisterChange: Hashable, Sendable {
  /// The register is replaced as a whole: whoever is not in it was not in the files.
  case whole
  /// Some rows are changed; these customers the insurer has deleted by their numbers.
  case delivery(deleted: [CustomerNumber])
}
