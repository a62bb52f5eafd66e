internal import Foundation
internal import Glibc

/// A connection without a browser's manners: bytes go out as they are.
package struct Wire: Sendable {
  private let port: Int

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
    let port = port
    return try await withCheckedThrowingContinuation { continuation in
      // A thread of its own: waiting must not take the place of the site's own work.
      Thread.detachNewThread {
        continuation.resume(with: Result { try Wire.exchange(bytes, port) })
      }
    }
  }

  private static func exchange(_ bytes: [UInt8], _ port: Int) throws -> String {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw Broken(what: "socket") }
    defer { close(socket) }
    // A site that neither answers nor hangs up fails the test instead of holding it.
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    try connect(socket, port)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { break }
      sent += count
    }
    return try readAll(socket)
  }

  private static func connect(_ socket: Int32, _ port: Int) throws {
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

  private static func readAll(_ socket: Int32) throws -> String {
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count < 0 { throw Broken(what: "no answer in time") }
      if count == 0 { break }
      answer += buffer.prefix(count)
    }
    return String(decoding: answer, as: UTF8.self)
  }
}
