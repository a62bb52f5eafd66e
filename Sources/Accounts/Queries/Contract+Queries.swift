internal import Domain
internal import FoundationEssentials
internal import Persistence

extension Transaction {
  func declaredFile(of kind: DeclarationKind, version: String) throws -> Contracts.File? {
    try row(
      """
      SELECT body, hash FROM declared_file
      WHERE version = \(version) AND kind = \(kind.rawValue)
      """
    ).map { Contracts.File(bytes: try $0.value("body"), hash: try $0.value("hash")) }
  }

  /// The same, unless its bytes have changed since it was kept.
  func soundFile(of kind: DeclarationKind, version: String) throws -> Contracts.File? {
    guard let file = try declaredFile(of: kind, version: version) else { return nil }
    guard file.isSound else { throw DamagedFile(version: version) }
    return file
  }

  /// Keeps a file for ever: what somebody has downloaded once is what there is.
  ///
  /// - Returns: whether it was kept now.
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
  func contractsWithoutFile() throws -> [DeclaredText] {
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

  /// Ends an account, and frees its customer number and address for a new one.
  ///
  /// - Parameter hash: the password's, as it was when it was asked for; `nil` for an operator
  /// - Returns: whether it was this call that did.
  func close(_ account: Int64, passwordHash hash: String?, at now: Date) throws -> Bool {
    let isSame: Query = hash.map { "AND password_hash = \($0)" } ?? ""
    return try execute(
      """
      UPDATE account
      SET closed_at = \(now), former_customer_number = customer_number,
          customer_number = 'closed/' || id, email = 'closed/' || id, email_shown = '',
          password_hash = '', code_tries_left = 0
      WHERE id = \(account) AND closed_at IS NULL \(isSame)
      """) == 1
  }
}
