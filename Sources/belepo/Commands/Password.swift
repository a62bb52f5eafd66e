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
        let argon2id = settings.argon2id
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
        // This process has done nothing else.
        let cost = 1000 * ProcessorTime.spent() / Double(hashes)
        StandardOutput.write("{\"hashesPerSecond\":\(rate),\"cpuMillisecondsOfOne\":\(cost)}\n")
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
