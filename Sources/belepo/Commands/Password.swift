internal import ArgumentParser
internal import Cryptography
internal import Foundation

struct Password: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Password hashing.", subcommands: [Measure.self])

  struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure how fast this machine hashes passwords with the configured cost.",
      discussion: "Prints the hashes a second of all cores together, and one hash's CPU time.")

    @Option(help: "How long to measure, in seconds.") var seconds = 3
    @OptionGroup var configuration: ConfigurationOption

    func validate() throws {
      guard (1...60).contains(seconds) else {
        throw ValidationError("--seconds takes a number from 1 to 60.")
      }
    }

    func run() async throws {
      try await reporting {
        let settings = try await configuration.load()
        let argon2id = Argon2id(
          memoryKiB: settings.count(.argon2Memory), passes: settings.count(.argon2Passes))
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let queue = HashingQueue(width: cores, length: 0)
        let hashes = try await withThrowingTaskGroup(of: Int.self) { group in
          for _ in 0..<cores {
            group.addTask { try await Self.hash(until: end, with: argon2id, on: queue) }
          }
          return try await group.reduce(0, +)
        }
        let spent = (ContinuousClock.now - start) / .seconds(1)
        let rate = Double(hashes) / spent
        let cost = 1000 * Self.cpuSeconds() / Double(hashes)
        StandardOutput.write("{\"hashesPerSecond\":\(rate),\"cpuMillisecondsOfOne\":\(cost)}\n")
      }
    }

    /// What the operating system has accounted to this process, which has done nothing else.
    private static func cpuSeconds() -> Double {
      var usage = rusage()
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return [usage.ru_utime, usage.ru_stime].reduce(0) {
        $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1_000_000
      }
    }

    private static func hash(
      until end: ContinuousClock.Instant, with argon2id: Argon2id, on queue: HashingQueue
    ) async throws -> Int {
      var count = 0
      while ContinuousClock.now < end {
        _ = try await queue.run { try argon2id.hash(Array("Zoldalma73Korte".utf8)) }
        count += 1
      }
      return count
    }
  }
}
