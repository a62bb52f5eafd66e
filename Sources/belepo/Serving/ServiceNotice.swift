internal import Foundation
internal import Glibc
internal import ServiceLifecycle

/// Tells the service manager how the program is (`sd_notify(3)`): one datagram to the socket in
/// `NOTIFY_SOCKET`. Without such a socket it says nothing.
struct ServiceNotice: Sendable {
  private let path: String?
  /// How often the manager wants to hear from us, in microseconds; `nil` when it does not watch.
  private let watchdogMicroseconds: UInt64?

  init(environment: [String: String]) {
    path = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    // Meant for a process of another number, it was only inherited.
    let isOurs =
      environment["WATCHDOG_PID"].map { $0 == String(ProcessInfo.processInfo.processIdentifier) }
      ?? true
    watchdogMicroseconds = isOurs ? environment["WATCHDOG_USEC"].flatMap { UInt64($0) } : nil
  }

  static let ofThisProcess = ServiceNotice(environment: ProcessInfo.processInfo.environment)

  /// Half of the time after which the manager gives us up.
  var watchdogPause: Duration? {
    guard path != nil, let watchdogMicroseconds, watchdogMicroseconds > 0 else { return nil }
    return .microseconds(Int64(clamping: watchdogMicroseconds / 2))
  }

  func ready() { send("READY=1\nSTATUS=serving") }
  func stopping() { send("STOPPING=1\nSTATUS=finishing what is in progress") }
  /// Said again soon: not waited for at all.
  func alive() { send("WATCHDOG=1", Int32(MSG_DONTWAIT)) }

  /// How long a manager is waited for that has no room for more.
  private static let patience = timeval(tv_sec: 1, tv_usec: 0)

  /// A manager that does not listen changes nothing for customers: what cannot be sent is not.
  private func send(_ text: String, _ flags: Int32 = 0) {
    guard let path else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    // A name that begins with @ is in the abstract name space: its first byte is zero.
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard name.count < room else { return }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var patience = Self.patience
    setsockopt(
      descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let length = socklen_t(MemoryLayout.size(ofValue: address) - room + name.count)
    let bytes = Array(text.utf8)
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | flags, $0, length)
      }
    }
  }
}

/// Tells the manager regularly that tasks are still run; a program that hangs falls silent and is
/// started anew.
struct Watchdog: Service {
  let notice: ServiceNotice
  let clock: any Clock<Duration>

  /// The first service to start and so the last to stop: until the last request is answered the
  /// program is alive.
  func run() async throws {
    guard let pause = notice.watchdogPause else {
      try? await gracefulShutdown()
      return
    }
    try? await cancelWhenGracefulShutdown {
      while true {
        notice.alive()
        try await clock.sleep(for: pause)
      }
    }
  }
}
