internal import Glibc

/// How many files this process may have open; each connection is one.
enum OpenFiles {
  /// Kept for everything but customers' connections: the database, gateways, the management
  /// listener, and accepting somebody only to turn him away.
  static let kept = 256

  /// Takes what the system allows.
  ///
  /// - Returns: as many as are wanted, or as there are besides those that are kept
  static func most(besides kept: Int, wanted: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      return wanted
    }
    if limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = limit.rlim_max
      // Where that is not permitted, what there is must do.
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    let files = Int(clamping: limit.rlim_cur)
    return min(wanted, max(files - kept, files / 2))
  }
}
