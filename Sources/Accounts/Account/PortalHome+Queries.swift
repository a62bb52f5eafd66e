internal import Domain
internal import FoundationEssentials
internal import Persistence

/// All that the portal's home page shows of an account.
struct PortalHomeView {
  /// The login before this one.
  let lastLogin: Devices.Login?
  /// Failed logins since then, or in all.
  let failures: Int
  /// When the account last moved to another customer number, if that was lately.
  let renumberedAt: Date?
  /// The customer's name in the register, and when it was last replaced.
  let name: String?
  let importedAt: Date?
  /// When the insurer's own service last answered about the customer, where there is one.
  let askedAt: Date?
  /// Addresses that can still be confirmed with the code that was sent to them.
  let waiting: [EmailAddress]
  /// Those in force first.
  let policies: [Policy]
}

extension Transaction {
  var portalHomes: PortalHomeQueries { PortalHomeQueries(transaction: self) }
}

/// The portal's home page.
struct PortalHomeQueries: TransactionPart {
  let transaction: any Transaction

  /// One statement: everybody comes to this page, and each statement costs a round trip.
  ///
  /// - Parameters:
  ///   - session: of the requesting browser
  ///   - instant: from when on a new customer number is told
  func view(
    of account: Account, in session: Token?, renumberedSince instant: Date, at now: Date
  ) throws -> PortalHomeView {
    let login = DeviceQueries.login(of: account.id, before: now, orThatOf: session)
    let failures = DeviceQueries.failedLogins(
      of: account.id, since: "COALESCE((SELECT at FROM login), \(Date.distantPast))")
    func waiting(_ purpose: AddressChanges.Purpose) -> Query {
      AddressQueries.waiting(of: account.id, for: purpose, at: now)
    }
    let rows = try rows(
      """
      WITH login AS MATERIALIZED (\(login)),
      home AS MATERIALIZED (
        SELECT
          (SELECT at FROM login) AS login_at,
          (SELECT detail FROM login) AS login_device,
          (\(failures)) AS failures,
          (SELECT MAX(at) FROM renumbering
           WHERE account_id = \(account.id) AND at > \(instant)) AS renumbered_at,
          (SELECT imported_at FROM register_state) AS imported_at,
          (SELECT asked_at FROM register_copy
           WHERE customer_number = \(account.customer.text)) AS asked_at,
          (SELECT name FROM register_customer
           WHERE generation = \(Query.registerInUse)
             AND customer_number = \(account.customer.text)) AS name,
          (\(waiting(.correspondence))) AS waiting_correspondence,
          (\(waiting(.userName))) AS waiting_user_name
      )
      SELECT home.*, policy.written_number, policy.product, policy.status, policy.valid_from,
             policy.valid_to
      FROM home
      LEFT JOIN register_policy AS policy
        ON policy.generation = \(Query.registerInUse)
        AND policy.customer_number = \(account.customer.text)
      \(RegisterQueries.shownPolicies)
      """)
    guard let home = rows.first else { throw MissingRow("the home page") }
    let hasPolicies = try home.optional("written_number", as: String.self) != nil
    return try PortalHomeView(row: home, policies: hasPolicies ? rows.map(Policy.init(row:)) : [])
  }
}

extension PortalHomeView {
  fileprivate init(row: ResultRow, policies: [Policy]) throws {
    self.init(
      lastLogin: try row.optional("login_at", as: Date.self).map { at in
        Devices.Login(at: at, device: Device(code: try row.optional("login_device") ?? ""))
      },
      failures: try row.value("failures"), renumberedAt: try row.optional("renumbered_at"),
      name: try row.optional("name"), importedAt: try row.optional("imported_at"),
      askedAt: try row.optional("asked_at"),
      waiting: try ["waiting_correspondence", "waiting_user_name"].compactMap { column in
        try row.optional(column, as: EmailAddress.self)
      },
      policies: policies)
  }
}
