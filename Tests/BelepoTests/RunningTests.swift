internal import Logging
internal import ServiceLifecycle
internal import Testing

@testable internal import belepo

@Suite struct `A part of the program that has failed` {
  /// Does not hear that it should stop, as what waits for a thread that hangs.
  private struct Deaf: Service {
    func run() async { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
  }

  private struct Broken: Service {
    func run() throws { throw Failure("The cellar is flooded.", .unavailable) }
  }

  /// Whoever supervises the program waits for its end, and not for a part that never ends.
  // Only what hangs takes so long, also while every other test runs on two cores.
  @Test(.timeLimit(.minutes(10)))
  func `ends it with its own sentence, even if another part does not stop`() async throws {
    let end = try await #require(
      processExitsWith: .exitCode(69), observing: [\.standardErrorContent]
    ) {
      let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      try await Running.run([Deaf(), Broken(), Deaf()], silent)
    }
    let said = String(decoding: end.standardErrorContent, as: UTF8.self)
    #expect(said == "belepo: The cellar is flooded.\n")
  }
}
