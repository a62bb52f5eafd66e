internal import Foundation
internal import Glibc
internal import Testing

@testable internal import belepo

/// What systemd hears (`sd_notify(3)`).
@Suite struct `The service manager` {
  @Test func `hears when the program is ready, is alive, and stops`() async throws {
    let folder = try Program.folder()
    let path = folder.path + "/notify"
    let listener = try Datagrams(path: path)
    let server = try Program.serve([
      "NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000", "BELEPO_HTTP_DRAIN": "0s",
    ])
    try await server.waitUntilReady()
    var heard: Set<String> = []
    while !heard.isSuperset(of: ["READY=1\nSTATUS=serving", "WATCHDOG=1"]) {
      heard.insert(try #require(listener.next()))
    }
    #expect(!heard.contains { $0.hasPrefix("STOPPING") })
    #expect(try await server.stop() == 0)
    while let next = listener.next(waits: false) { heard.insert(next) }
    #expect(heard.contains { $0.hasPrefix("STOPPING=1\n") })
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

  /// A socket for datagrams, as the manager has one.
  private final class Datagrams {
    private let descriptor: Int32

    struct NoSocket: Error {}

    init(path: String) throws {
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
      let size = socklen_t(MemoryLayout<sockaddr_un>.size)
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
      }
      guard descriptor >= 0, result == 0 else { throw NoSocket() }
    }

    func next(waits: Bool = true) -> String? {
      var bytes = [UInt8](repeating: 0, count: 1024)
      let count = recv(descriptor, &bytes, bytes.count, waits ? 0 : Int32(MSG_DONTWAIT))
      return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }

    deinit { close(descriptor) }
  }
}
