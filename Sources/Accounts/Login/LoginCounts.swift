internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Persistence

/// The counts that a login with one user name is held against (D 13).
///
/// None of them refuses the owner: the pause of one network or one known browser, and what the
/// user name has failed from everywhere, ask for a code by e-mail besides the password. Only a
/// network that fails with many user names is refused.
struct LoginCounts: Sendable {
  /// Names the pause: by user name and network, or by user name and known browser, so that nobody
  /// can make somebody else wait.
  let pause: [UInt8]
  /// Failures of one network address, which may try many user names once each; `nil` for a known
  /// browser, which shares nothing with its neighbours, and for an unknown address.
  let network: EventCount?
  /// A day's failures with the user name: those of a known browser, or those from everywhere else.
  let ofDay: EventCount
  /// What has failed from everywhere else: the owner is told of it in a known browser, too.
  private let elsewhere: EventCount

  /// - Parameter browser: one that the user name's account has been used with
  init(userName: [UInt8], network address: String?, browser: Token?) {
    elsewhere = LoginCounts.everywhere(userName)
    if let browser {
      pause = LoginCounts.pause(userName, inBrowser: browser.hash)
      network = nil
      ofDay = LoginCounts.inBrowser(pause)
    } else {
      pause = LoginCounts.pause(userName, address)
      network = address.map { address in
        EventCount(name: "login_address", key: sha256(Array(address.utf8)), windowSeconds: 600)
      }
      ofDay = elsewhere
    }
  }

  private static func pause(_ userName: [UInt8], _ network: String?) -> [UInt8] {
    sha256(userName + sha256(Array((network ?? "").utf8)))
  }

  private static func pause(_ userName: [UInt8], inBrowser hash: [UInt8]) -> [UInt8] {
    sha256(userName + hash)
  }

  private static func inBrowser(_ pause: [UInt8]) -> EventCount {
    EventCount(name: "login_browser", key: pause, windowSeconds: 86_400)
  }

  static func everywhere(_ userName: [UInt8]) -> EventCount {
    EventCount(name: "login_user_name", key: userName, windowSeconds: 86_400)
  }

  /// A new password, or a colleague who knows the caller, makes what was tried before meaningless:
  /// from an unknown or this network, from everywhere, and in each browser that the account knows.
  static func forget(
    _ userName: EmailAddress, from network: String? = nil, in transaction: any Transaction
  ) throws {
    let key = SharedCodes.key(of: userName)
    // In the order of the counting, as everywhere here.
    try transaction.loginThrottles.forget(ofUserName: pause(key, network))
    try transaction.counts.forget(everywhere(key))
    for browser in try transaction.devices.browsers(knownTo: userName) {
      let pause = pause(key, inBrowser: browser)
      try transaction.loginThrottles.forget(ofUserName: pause)
      try transaction.counts.forget(inBrowser(pause))
    }
  }

  enum Gate {
    case open
    /// Only with a code by e-mail besides the password.
    case withCode
    case networkSpent(secondsLeft: Int)
  }

  /// Counts a try before the password is compared.
  func count(in transaction: any Transaction, at now: Date, limits: Limits) throws -> Gate {
    if let network {
      guard
        try transaction.counts.increase(
          network, below: limits.loginFailuresPerAddressPerTenMinutes, at: now)
      else { return .networkSpent(secondsLeft: network.secondsLeft(at: now)) }
    }
    let isOpen = try transaction.loginThrottles.countTry(ofUserName: pause, at: now, limits: limits)
    let all = try transaction.counts.increase(ofDay, at: now)
    return isOpen && all <= limits.loginFailuresPerUserNamePerDay ? .open : .withCode
  }

  /// Which limit a gate stands for, and whose it is; `nil` for an open one.
  func limit(reachedAt gate: Gate) -> (name: String, key: [UInt8])? {
    switch gate {
    case .open: nil
    case .withCode: ("pause", pause)
    case .networkSpent: network.map { ($0.name, $0.key) }
    }
  }

  /// Takes back a try whose password was never compared.
  func takeBack(in transaction: any Transaction, at now: Date) throws {
    if let network { try transaction.counts.decrease(network, at: now) }
    try transaction.loginThrottles.takeBackFailure(ofUserName: pause)
    try transaction.counts.decrease(ofDay, at: now)
  }

  /// The password was right: this try and the browser's own before it were the owner's.
  ///
  /// - Parameter hasCounted: whether this try is among those that were counted
  /// - Returns: how many tries have failed, here or, for an unknown browser, everywhere
  func succeeded(
    hasCounted: Bool, in transaction: any Transaction, at now: Date
  ) throws -> Int {
    let counted = hasCounted ? 1 : 0
    // In the order of the counting, or two logins at once would each wait for the other's row.
    // With a code it was the try that asked for it.
    if let network { try transaction.counts.decrease(network, at: now) }
    let own = try transaction.loginThrottles.forget(ofUserName: pause)
    let others = try transaction.counts.decrease(ofDay, by: own, at: now)
    let failed = max(0, own + others - counted)
    guard ofDay.name != elsewhere.name else { return failed }
    return max(failed, try transaction.counts.used(elsewhere, at: now))
  }
}
