internal import Domain
internal import FoundationEssentials
internal import Persistence

private let columns: Query = """
  declaration.kind, declaration.version, declaration.is_accepted, declaration.channel,
  declaration.declared_at, declared_text.language, declared_text.body
  """

extension Transaction {
  var declarations: DeclarationQueries { DeclarationQueries(transaction: self) }
}

/// What was declared, and the texts that were answered.
struct DeclarationQueries: TransactionPart {
  let transaction: any Transaction

  /// Those of the declarations whose texts are stored already.
  func withText(among declarations: [Declaration]) throws -> [Declaration] {
    guard !declarations.isEmpty else { return [] }
    let pairs = declarations.map { declaration -> Query in
      "(\(declaration.version), \(declaration.kind.rawValue))"
    }
    let rows = try rows(
      """
      SELECT version, kind FROM declared_text
      WHERE (version, kind) IN (VALUES \(Query.joined(pairs, separator: ", ")))
      """)
    let kept = try rows.map { row in
      (try row.value("version", as: String.self), try row.value("kind", as: DeclarationKind.self))
    }
    return declarations.filter { declaration in
      kept.contains { $0 == (declaration.version, declaration.kind) }
    }
  }

  /// Stores a text that somebody answered, once for each version.
  func keep(_ text: DeclaredText, of kind: DeclarationKind) throws {
    try perform(
      """
      INSERT INTO declared_text (version, kind, language, body)
      VALUES (\(text.version), \(kind.rawValue), \(text.language.rawValue), \(text.text))
      ON CONFLICT (version, kind) DO NOTHING
      """)
  }

  /// The words that a declaration answered.
  func text(_ declaration: Declaration) throws -> DeclaredText? {
    try row(
      """
      SELECT language, body FROM declared_text
      WHERE version = \(declaration.version) AND kind = \(declaration.kind.rawValue)
      """
    ).map { row in
      DeclaredText(
        version: declaration.version, language: try row.value("language"),
        text: try row.value("body"))
    }
  }

  /// Writes what was declared during registration to the ledger.
  func declare(
    _ declarations: [Declaration], account: Account.ID, registration: Registration.ID, at now: Date
  ) throws {
    let rows = declarations.map { declaration -> Query in
      """
      (\(account), \(registration), \(declaration.kind.rawValue), \(declaration.version),
       \(declaration.isAccepted), 'registration', \(now))
      """
    }
    guard !rows.isEmpty else { return }
    try perform(
      """
      INSERT INTO declaration
        (account_id, registration_id, kind, version, is_accepted, channel, declared_at)
      VALUES \(Query.joined(rows, separator: ", "))
      """)
  }

  /// What was declared, newest first, each with its text.
  func all(of account: Account.ID, atMost count: Int) throws -> [Declarations.Entry] {
    try rows(
      """
      SELECT \(columns)
      FROM declaration
      JOIN declared_text
        ON declared_text.version = declaration.version AND declared_text.kind = declaration.kind
      WHERE declaration.account_id = \(account)
      ORDER BY declaration.id DESC
      LIMIT \(count)
      """
    ).map(Declarations.Entry.init(row:))
  }

  /// The newest answer of one kind.
  ///
  /// - Parameter accepted: whether to look only at acceptances
  func newest(
    _ kind: DeclarationKind, of account: Account.ID, accepted: Bool = false
  ) throws -> Declarations.Entry? {
    try row(
      """
      SELECT \(columns)
      FROM declaration
      JOIN declared_text
        ON declared_text.version = declaration.version AND declared_text.kind = declaration.kind
      WHERE declaration.account_id = \(account) AND declaration.kind = \(kind.rawValue)
        AND declaration.is_accepted >= \(accepted)
      ORDER BY declaration.id DESC
      LIMIT 1
      """
    ).map(Declarations.Entry.init(row:))
  }

  /// The versions of the documents that a customer accepted last.
  func acceptedVersions(of account: Account.ID) throws -> [DeclarationKind: String] {
    let rows = try rows(
      """
      SELECT kind, version FROM declaration
      WHERE id IN (
        SELECT MAX(id) FROM declaration
        WHERE account_id = \(account) AND kind IN ('contract', 'notice') AND is_accepted = 1
        GROUP BY kind
      )
      """)
    return Dictionary(
      try rows.map { (try $0.value("kind"), try $0.value("version")) }, uniquingKeysWith: { $1 })
  }

  /// Appends what was declared on a page of the portal.
  func declareInPortal(_ declaration: Declaration, account: Account.ID, at now: Date) throws {
    try perform(
      """
      INSERT INTO declaration (account_id, kind, version, is_accepted, channel, declared_at)
      VALUES (\(account), \(declaration.kind.rawValue), \(declaration.version),
              \(declaration.isAccepted), 'portal', \(now))
      """)
  }
}

extension Declarations.Entry {
  fileprivate init(row: ResultRow) throws {
    self.init(
      kind: try row.value("kind"), isAccepted: try row.value("is_accepted"),
      channel: try row.value("channel"), declaredAt: try row.value("declared_at"),
      text: DeclaredText(
        version: try row.value("version"), language: try row.value("language"),
        text: try row.value("body")))
  }
}
