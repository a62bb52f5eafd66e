internal import CSodium

/// Bytes that nobody can guess, from the operating system's generator (ASVS 11.5.1).
///
/// Passed to whatever needs chance, so that tests can pass their own (R10).
package struct RandomBytes: Sendable {
  private let draw: @Sendable (Int) -> [UInt8]

  package init(_ draw: @escaping @Sendable (Int) -> [UInt8]) {
    self.draw = draw
  }

  package func callAsFunction(_ count: Int) -> [UInt8] {
    draw(count)
  }

  /// A number from 0 to 1, for pauses that should differ.
  package static let fraction: @Sendable () -> Double = {
    Double(system(1).first ?? 128) / 255
  }

  package static let system = RandomBytes { count in
    Sodium.prepare()
    var bytes = [UInt8](repeating: 0, count: count)
    randombytes_buf(&bytes, bytes.count)
    return bytes
  }
}

enum Sodium {
  private static let isReady = sodium_init() >= 0

  /// Starts libsodium once; without its generator nothing may run (fail closed, ASVS 11.2.5).
  static func prepare() {
    precondition(isReady, "libsodium could not be started.")
  }
}
