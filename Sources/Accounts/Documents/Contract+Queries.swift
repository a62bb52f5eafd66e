internal import Domain
internal import FoundationEssentials
internal import Persistence

extension Transaction {
  var contracts: ContractQueries { ContractQueries(transaction: self) }
}

/// The contracts' files, and the end of a contract.
struct ContractQueries: TransactionPart {
  let transaction: any Transaction

  func file(of kind: DeclarationKind, version: String) throws -> Contracts.File? {
    try row(
      """
      SELECT body, hash FROM declared_file
      WHERE version = \(version) AND kind = \(kind.rawValue)
      """
    ).map { Contracts.File(bytes: try $0.value("body"), hash: try $0.value("hash")) }
  }

  /// The same file, unless its bytes have changed since it was stored.
  func soundFile(of kind: DeclarationKind, version: String) throws -> Contracts.File? {
    guard let file = try file(of: kind, version: version) else { return nil }
    guard file.isSound else { throw DamagedFile(version: version) }
    return file
  }

  /// Keeps a file for ever: once downloaded, it must stay the same.
  ///
  /// - Returns: whether this call stored it.
  func keep(
    _ file: Contracts.File, of kind: DeclarationKind, version: String, at now: Date
  ) throws -> Bool {
    try execute(
      """
      INSERT INTO declared_file (version, kind, body, hash, made_at)
      VALUES (\(version), \(kind.rawValue), \(file.bytes), \(file.hash), \(now))
      ON CONFLICT (version, kind) DO NOTHING
      """) == 1
  }

  /// Contracts that somebody accepted and that have no file yet.
  func withoutFile() throws -> [DeclaredText] {
    try rows(
      """
      SELECT version, language, body FROM declared_text
      WHERE kind = 'contract' AND NOT EXISTS (
        SELECT version FROM declared_file
        WHERE declared_file.version = declared_text.version AND declared_file.kind = 'contract'
      )
      ORDER BY version
      LIMIT 1000
      """
    ).map { row in
      DeclaredText(
        version: try row.value("version"), language: try row.value("language"),
        text: try row.value("body"))
    }
  }
}
