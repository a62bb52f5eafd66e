internal import NIOCore
internal import Synchronization

/// The open connections of a listener: so many in all, and so many from one network (attack 64).
///
/// Where all places are taken, the connection that has been without a request for the longest time
/// gives its place to the new one; a request in progress keeps its place. So idle connections,
/// however many, keep nobody out.
package final class Connections: Sendable {
  private struct Entry {
    /// What counts as one network; nothing for a proxy that the operator has named.
    let network: String?
    let channel: any Channel
    /// Since when it has had no request; nothing while it has one.
    var idleSince: ContinuousClock.Instant?
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var counts: [String: Int] = [:]
    var refused = 0
    var displaced = 0

    mutating func remove(_ id: ObjectIdentifier) -> Entry? {
      guard let entry = entries.removeValue(forKey: id) else { return nil }
      if let network = entry.network {
        let left = (counts[network] ?? 1) - 1
        counts[network] = left > 0 ? left : nil
      }
      return entry
    }

    /// Takes out the one that has been idle for the longest time, if any is.
    mutating func displace(from network: String?) -> Entry? {
      var longest: (id: ObjectIdentifier, since: ContinuousClock.Instant)?
      for (id, entry) in entries where network == nil || entry.network == network {
        guard let since = entry.idleSince else { continue }
        if longest.map({ since < $0.since }) ?? true { longest = (id, since) }
      }
      guard let longest else { return nil }
      displaced += 1
      return remove(longest.id)
    }
  }

  private let most: Int
  private let mostPerNetwork: Int
  private let proxies: Set<IPAddress>
  private let state = Mutex(State())

  /// - Parameter proxies: the operator's own, which bring everybody's requests and are counted in
  ///   all only
  package init(most: Int, perNetwork mostPerNetwork: Int, proxies: Set<String> = []) {
    self.most = most
    self.mostPerNetwork = mostPerNetwork
    self.proxies = Set(proxies.compactMap(IPAddress.init))
  }

  /// How many are open, and how many were turned away or displaced so far.
  package var figures: (open: Int, refused: Int, displaced: Int) {
    state.withLock { ($0.entries.count, $0.refused, $0.displaced) }
  }

  /// Gives a new connection its place.
  ///
  /// - Returns: whether there was one
  func admit(_ channel: any Channel) -> Bool {
    let id = ObjectIdentifier(channel)
    let address = channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
    let network = address.flatMap { proxies.contains($0) ? nil : $0.network }
    let (isAdmitted, displaced) = state.withLock { state -> (Bool, Entry?) in
      var displaced: Entry?
      if let network, state.counts[network] ?? 0 >= mostPerNetwork {
        displaced = state.displace(from: network)
        guard displaced != nil else {
          state.refused += 1
          return (false, nil)
        }
      }
      if state.entries.count >= most {
        displaced = state.displace(from: nil)
        guard displaced != nil else {
          state.refused += 1
          return (false, nil)
        }
      }
      state.entries[id] = Entry(network: network, channel: channel, idleSince: .now)
      if let network { state.counts[network, default: 0] += 1 }
      return (true, displaced)
    }
    displaced?.channel.close(promise: nil)
    guard isAdmitted else { return false }
    channel.closeFuture.whenComplete { [self] _ in
      _ = state.withLock { $0.remove(id) }
    }
    return true
  }

  /// Says whether a connection has a request in progress.
  func mark(_ channel: any Channel, isBusy: Bool) {
    state.withLock {
      $0.entries[ObjectIdentifier(channel)]?.idleSince = isBusy ? nil : .now
    }
  }
}
