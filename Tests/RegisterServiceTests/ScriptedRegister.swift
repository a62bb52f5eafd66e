import Foundation
import Glibc
import Synchronization

/// The insurer's service on a port of this machine, which does what a story says: one thing for
/// each question, and the last of them for all that follow.
final class ScriptedRegister: Sendable {
  enum Manner: Hashable, Sendable {
    /// A whole answer, with more lines of its head.
    case says(Int, String = "", head: [String] = [])
    /// A whole answer after so many milliseconds.
    case thinks(Int32, String)
    /// Half an answer, and then nothing.
    case stops(String)
    /// Takes the question, and says nothing.
    case isSilent
  }

  struct Broken: Error {
    let what: String
  }

  private struct State {
    var manners: [Manner]
    var asked: [String] = []
    var isClosed = false
  }

  private let state: Mutex<State>
  private let listener: Int32
  /// Bound and never listening: as long as it is there, nobody else gets the port.
  private let holder: Int32
  let port: Int

  /// - Throws: ``Broken`` when no port can be had.
  init(_ manners: [Manner]) throws {
    state = Mutex(State(manners: manners))
    let held = try Self.bound(to: 0)
    let listening = try Self.bound(to: held.port)
    guard Glibc.listen(listening.socket, 64) == 0 else { throw Broken(what: "port") }
    (holder, listener, port) = (held.socket, listening.socket, held.port)
    Thread.detachNewThread { [self] in serve() }
  }

  deinit { Glibc.close(holder) }

  /// - Parameter port: 0 for any that is free
  private static func bound(to port: Int) throws -> (socket: Int32, port: Int) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw Broken(what: "socket") }
    // Two of ours on one port, of which one listens.
    var isShared: Int32 = 1
    Glibc.setsockopt(
      socket, SOL_SOCKET, SO_REUSEADDR, &isShared, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard Glibc.bind(socket, address, length) == 0 else { return Int32(-1) }
        return Glibc.getsockname(socket, address, &length)
      }
    }
    guard result == 0 else { throw Broken(what: "port") }
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// The first line of each question.
  var asked: [String] { state.withLock { $0.asked } }

  /// Nobody listens any more; the port stays ours, so that nobody else answers.
  func close() {
    // Only shut down: while a thread is about to accept, the number of a closed socket could become
    // another's. That thread closes it.
    let wasClosed = state.withLock { state in
      defer { state.isClosed = true }
      return state.isClosed
    }
    guard !wasClosed else { return }
    Glibc.shutdown(listener, Int32(SHUT_RDWR))
  }

  private func serve() {
    defer { Glibc.close(listener) }
    while true {
      let socket = Glibc.accept(listener, nil, nil)
      guard socket >= 0 else { return }
      Thread.detachNewThread { [self] in
        // Whoever asks and never hangs up fails the test instead of holding it.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        Glibc.setsockopt(
          socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        answer(socket)
        Glibc.close(socket)
      }
    }
  }

  private func answer(_ socket: Int32) {
    guard let question = Self.question(socket) else { return }
    let manner = state.withLock { state in
      state.asked.append(question)
      return state.manners.count > 1 ? state.manners.removeFirst() : state.manners[0]
    }
    switch manner {
    case .says(let status, let body, let head): Self.send(status, body, head: head, to: socket)
    case .thinks(let milliseconds, let body):
      var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      // Nothing comes from who waits: it is over when the time is.
      _ = Glibc.poll(&waiting, 1, milliseconds)
      Self.send(200, body, to: socket)
    case .stops(let body):
      Self.send(200, body, length: body.utf8.count * 2, to: socket)
      _ = Self.read(socket)
    case .isSilent: _ = Self.read(socket)
    }
  }

  private static func question(_ socket: Int32) -> String? {
    var head = ""
    while !head.hasSuffix("\r\n\r\n") {
      guard let more = read(socket) else { return nil }
      head += more
    }
    return String(head.prefix { $0 != "\r\n" })
  }

  /// - Returns: `nil` when the other side has hung up
  private static func read(_ socket: Int32) -> String? {
    let size = 4_096
    var bytes = [UInt8](repeating: 0, count: size)
    let count = Glibc.recv(socket, &bytes, size, 0)
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }

  private static func send(
    _ status: Int, _ body: String, head: [String] = [], length: Int? = nil, to socket: Int32
  ) {
    let lines =
      ["HTTP/1.1 \(status) X", "Content-Length: \(length ?? body.utf8.count)"] + head
      + ["Connection: close", "", body]
    let bytes = Array(lines.joined(separator: "\r\n").utf8)
    _ = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }
}
