internal import Domain
internal import FoundationEssentials
internal import Persistence

private let columns: Query = """
  declaration.kind, declaration.version, declaration.is_accepted, declaration.channel,
  declaration.declared_at, declared_text.language, declared_text.body
  """

extension Transaction {
  /// What was declared, the newest first, each with its words.
  func declarations(of account: Int64, atMost count: Int) throws -> [Declarations.Entry] {
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
  /// - Parameter accepted: of the yeses alone
  func newestDeclaration(
    _ kind: DeclarationKind, of account: Int64, accepted: Bool = false
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

  /// Which versions of the documents a customer accepted last.
  func acceptedVersions(of account: Int64) throws -> [DeclarationKind: String] {
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

  /// Holds an account, so that what two clicks say comes one after the other.
  ///
  /// - Returns: whether there is such an account, and it has not ended.
  func hold(_ account: Int64) throws -> Bool {
    try row(
      """
      SELECT id FROM account WHERE id = \(account) AND closed_at IS NULL
      \(Query.Differing.rowLock)
      """) != nil
  }

  /// Appends what was said on a page of the portal.
  func declareInPortal(_ declaration: Declaration, account: Int64, at now: Date) throws {
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
