package import Cryptography
internal import Synchronization

/// Bytes that look random and are the same in every run with one seed (SplitMix64).
package final class SeededBytes: Sendable {
  private let state: Mutex<UInt64>

  package init(seed: UInt64) {
    state = Mutex(seed)
  }

  package var source: RandomBytes {
    RandomBytes { [self] count in draw(count) }
  }

  private func draw(_ count: Int) -> [UInt8] {
    state.withLock { state in
      var bytes: [UInt8] = []
      while bytes.count < count {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        word ^= word >> 31
        withUnsafeBytes(of: word) { bytes.append(contentsOf: $0) }
      }
      return Array(bytes.prefix(count))
    }
  }
}
