internal import Foundation
internal import Glibc
internal import Testing

@testable internal import belepo

/// What systemd hears (`sd_notify(3)`).
// Only what hangs takes so long.
@Suite(.timeLimit(.minutes(10))) struct `The service manager` {
  @Test func `hears when the program is ready, is alive, and stops`() async throws {
    let folder = try Program.folder()
    let path = folder.path + "/notify"
    let listener = try Datagrams(path: path)
    let server = try Program.serve([
      "NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000", "BELEPO_HTTP_DRAIN": "0s",
    ])
    try await server.waitUntilReady()
    var heard: Set<String> = []
    var datagrams = listener.heard.makeAsyncIterator()
    while !heard.isSuperset(of: ["READY=1\nSTATUS=serving", "WATCHDOG=1"]) {
      heard.insert(try #require(await datagrams.next()))
    }
    #expect(!heard.contains { $0.hasPrefix("STOPPING") })
    #expect(try await server.stop() == 0)
    while let next = await datagrams.next(), !next.hasPrefix("STOPPING=1\n") { heard.insert(next) }
  }

  @Test func `is not waited for when it does not read`() throws {
    let folder = try Program.folder()
    let path = folder.path + "/notify"
    // Its socket takes a few datagrams, and then no more.
    let stuck = try Datagrams.socket(at: path)
    defer { close(stuck) }
    let notice = ServiceNotice(environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"])
    for _ in 1...10_000 { notice.alive() }
    notice.ready()
  }

  @Test func `is told nothing where there is none, or by somebody else's process`() {
    #expect(ServiceNotice(environment: [:]).watchdogPause == nil)
    let path = ["NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "30000000"]
    #expect(ServiceNotice(environment: path).watchdogPause == .seconds(15))
    #expect(
      ServiceNotice(environment: path.merging(["WATCHDOG_PID": "1"]) { $1 }).watchdogPause == nil)
    for wrong in ["", "x", "-1", "0", "99999999999999999999"] {
      let notice = ServiceNotice(environment: path.merging(["WATCHDOG_USEC": wrong]) { $1 })
      #expect(notice.watchdogPause == nil)
      // Nobody listens there: it goes on all the same.
      notice.ready()
    }
  }

  /// A socket for datagrams, as the manager has one, which reads whatever comes at once.
  private final class Datagrams {
    let heard: AsyncStream<String>
    private let descriptor: Int32

    struct NoSocket: Error {}

    init(path: String) throws {
      let descriptor = try Self.socket(at: path)
      self.descriptor = descriptor
      let (heard, continuation) = AsyncStream.makeStream(of: String.self)
      self.heard = heard
      Thread.detachNewThread {
        var bytes = [UInt8](repeating: 0, count: 1024)
        while true {
          let count = recv(descriptor, &bytes, bytes.count, 0)
          guard count > 0 else { break }
          continuation.yield(String(decoding: bytes.prefix(count), as: UTF8.self))
        }
        continuation.finish()
        close(descriptor)
      }
    }

    static func socket(at path: String) throws -> Int32 {
      let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
      let size = socklen_t(MemoryLayout<sockaddr_un>.size)
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
      }
      guard descriptor >= 0, result == 0 else { throw NoSocket() }
      return descriptor
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }
  }
}
