internal import Foundation
internal import Glibc

/// Whether something listens at an address, and what it says first.
struct Reachability {
  let host: String
  let port: Int
  let seconds: Int

  init(host: String, port: Int, seconds: Int = 5) {
    self.host = host
    self.port = port
    self.seconds = seconds
  }

  /// The host and port of an http address, which may have places such as `{number}` behind them.
  init?(address: String) {
    let scheme = address.prefix { $0 != ":" }.lowercased()
    guard let start = address.range(of: "://"), scheme == "http" || scheme == "https" else {
      return nil
    }
    let authority = address[start.upperBound...].prefix { !"/?#".contains($0) }
    guard let url = URL(string: "\(scheme)://\(authority)"), let host = url.host else { return nil }
    self.init(host: host, port: url.port ?? (scheme == "https" ? 443 : 80))
  }

  var name: String { "\(host):\(port)" }

  /// - Parameter greets: whether it speaks first, as a mail relay without TLS does
  /// - Returns: what is wrong, in words, or nothing.
  func problem(greets: Bool = false) -> String? {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(host, String(port), &hints, &found)
    guard result == 0 else { return "\(host): \(String(cString: gai_strerror(result)))" }
    defer { freeaddrinfo(found) }
    var problem = "no address"
    var next = found
    while let address = next {
      switch connect(to: address.pointee) {
      case .failure(let words): problem = words.description
      case .success(let descriptor):
        defer { close(descriptor) }
        return greets ? greetingProblem(descriptor) : nil
      }
      next = address.pointee.ai_next
    }
    return "\(name): \(problem)"
  }

  private struct Words: Error, CustomStringConvertible { let description: String }

  private func connect(to address: addrinfo) -> Result<Int32, Words> {
    let descriptor = socket(
      address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), address.ai_protocol)
    guard descriptor >= 0 else { return .failure(failure()) }
    // The system's own patience is minutes.
    // A struct timeval: seconds and microseconds.
    let patience = [seconds, 0]
    let size = socklen_t(patience.count * MemoryLayout<Int>.size)
    for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, patience, size)
    }
    guard Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
      defer { close(descriptor) }
      return .failure(failure())
    }
    return .success(descriptor)
  }

  private func greetingProblem(_ descriptor: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    if count >= 3, bytes.starts(with: Array("220".utf8)) { return nil }
    return "\(name): it listens, and does not greet as a mail relay"
  }

  private func failure() -> Words {
    let code = errno
    let words = code == EINPROGRESS || code == EAGAIN ? ETIMEDOUT : code
    return Words(description: String(cString: strerror(words)))
  }
}
