/// What the person who starts an import may choose.
package struct ImportOptions: Equatable, Sendable {
  package var encoding: TextEncoding
  /// Reads, checks and compares everything, and changes nothing.
  package var isDryRun: Bool
  /// 100 lets an import remove whatever it likes; 0 lets it remove nobody.
  package var maxDeletePercent: Int

  package init(
    encoding: TextEncoding = .utf8, isDryRun: Bool = false,
    maxDeletePercent: Int = ImportLimits.maxDeletePercent
  ) {
    precondition((0...100).contains(maxDeletePercent), "A percentage is between 0 and 100.")
    self.encoding = encoding
    self.isDryRun = isDryRun
    self.maxDeletePercent = maxDeletePercent
  }
}
