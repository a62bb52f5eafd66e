internal import Foundation
internal import Glibc

/// A connection without a browser's manners: bytes go out as they are.
package struct Wire: Sendable {
  package let port: Int

  package struct Broken: Error {
    let what: String
  }

  /// - Parameter port: where the site listens on this machine
  package init(port: Int) {
    self.port = port
  }

  /// Sends lines as the head of a request, and returns what the site answers until it hangs up.
  package func ask(_ lines: [String], body: String = "") async throws -> String {
    let head = (lines + ["Connection: close", "", ""]).joined(separator: "\r\n")
    return try await ask(bytes: Array((head + body).utf8))
  }

  package func ask(bytes: [UInt8]) async throws -> String {
    try await talk { line in
      line.send(bytes)
      return try line.readAll()
    }
  }

  /// A conversation over one connection, on a thread of its own: waiting must not take the place of
  /// the site's own work.
  package func talk<Result: Sendable>(
    _ conversation: @escaping @Sendable (Line) throws -> Result
  ) async throws -> Result {
    let port = port
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Swift.Result {
            let line = try Line(port: port)
            defer { line.close() }
            return try conversation(line)
          })
      }
    }
  }

  /// One connection, in the hands of one thread.
  package final class Line {
    private let socket: Int32

    /// - Throws: ``Broken`` when nobody listens there.
    package init(port: Int) throws {
      socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      guard socket >= 0 else { throw Broken(what: "socket") }
      // A site that neither answers nor hangs up fails the test instead of holding it.
      var patience = timeval(tv_sec: 60, tv_usec: 0)
      for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
        setsockopt(
          socket, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
      }
      try connect(to: port)
    }

    private func connect(to port: Int) throws {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(UInt16(port).bigEndian)
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard result == 0 else { throw Broken(what: "connect") }
    }

    package func close() {
      Glibc.close(socket)
    }

    /// Says that nothing more comes, and listens on.
    package func finish() {
      shutdown(socket, Int32(SHUT_WR))
    }

    /// Goes away without a farewell.
    package func reset() {
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    }

    /// - Returns: whether all of it went out
    @discardableResult package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult package func send(_ bytes: [UInt8]) -> Bool {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes {
          Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }

    /// Waits for something to read, or for the end.
    ///
    /// - Returns: whether it came in time
    package func hears(within milliseconds: Int32) -> Bool {
      var state = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      return poll(&state, 1, milliseconds) > 0
    }

    /// Everything until the site hangs up.
    package func readAll() throws -> String {
      try read { _ in false }
    }

    /// Everything until a word has come, or the end.
    package func read(until word: String) throws -> String {
      try read { String(decoding: $0, as: UTF8.self).contains(word) }
    }

    private func read(_ isEnough: ([UInt8]) -> Bool) throws -> String {
      var answer: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 16_384)
      while !isEnough(answer) {
        let count = recv(socket, &buffer, buffer.count, 0)
        if count < 0, errno == ECONNRESET { break }
        if count < 0 { throw Broken(what: "no answer in time") }
        if count == 0 { break }
        answer += buffer.prefix(count)
      }
      return String(decoding: answer, as: UTF8.self)
    }
  }
}
