internal import Domain
internal import FoundationEssentials
internal import Persistence

extension Transaction {
  var loginThrottles: LoginThrottleQueries { LoginThrottleQueries(transaction: self) }
}

/// The pauses between logins with one user name.
struct LoginThrottleQueries: TransactionPart {
  let transaction: any Transaction

  /// How fast passwords may be tried for a user name, locked.
  func throttle(ofUserName hash: [UInt8]) throws -> LoginThrottle {
    let row =
      switch dialect {
      case .sqlite:
        try row(
          """
          SELECT failures_in_a_row, last_failure_at FROM login_throttle
          WHERE user_name_hash = \(hash)
          """)
      // The row must exist to be locked.
      case .postgres:
        try row(
          """
          INSERT INTO login_throttle (user_name_hash, failures_in_a_row, last_failure_at)
          VALUES (\(hash), 0, 0)
          ON CONFLICT (user_name_hash)
          DO UPDATE SET failures_in_a_row = login_throttle.failures_in_a_row
          RETURNING failures_in_a_row, last_failure_at
          """)
      }
    guard let row else { return LoginThrottle() }
    return LoginThrottle(
      failuresInARow: try row.value("failures_in_a_row"),
      lastFailureAt: try row.value("last_failure_at"))
  }

  func save(_ throttle: LoginThrottle, ofUserName hash: [UInt8]) throws {
    try perform(
      """
      INSERT INTO login_throttle (user_name_hash, failures_in_a_row, last_failure_at)
      VALUES (\(hash), \(throttle.failuresInARow), \(throttle.lastFailureAt))
      ON CONFLICT (user_name_hash)
      DO UPDATE SET failures_in_a_row = excluded.failures_in_a_row,
                    last_failure_at = excluded.last_failure_at
      """)
  }

  /// Counts a try before the password is compared, unless the user name has to wait.
  ///
  /// - Returns: whether the try may be made.
  func countTry(ofUserName hash: [UInt8], at now: Date, limits: Limits) throws -> Bool {
    // Most logins have nothing before them.
    let isFirst =
      try row(
        """
        INSERT INTO login_throttle (user_name_hash, failures_in_a_row, last_failure_at)
        VALUES (\(hash), 1, \(now))
        ON CONFLICT (user_name_hash) DO NOTHING
        RETURNING user_name_hash
        """) != nil
    guard !isFirst else { return true }
    var throttle = try throttle(ofUserName: hash)
    guard throttle.isOpen(at: now, limits: limits) else { return false }
    throttle.failed(at: now)
    try save(throttle, ofUserName: hash)
    return true
  }

  /// Takes back what was counted before a comparison that was never made.
  func takeBackFailure(ofUserName hash: [UInt8]) throws {
    var throttle = try throttle(ofUserName: hash)
    throttle.takeBack()
    try save(throttle, ofUserName: hash)
  }

  /// - Returns: how many failures in a row are forgotten
  @discardableResult
  func forget(ofUserName hash: [UInt8]) throws -> Int {
    try row(
      """
      DELETE FROM login_throttle WHERE user_name_hash = \(hash) RETURNING failures_in_a_row
      """)?.value("failures_in_a_row") ?? 0
  }
}
