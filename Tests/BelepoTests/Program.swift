internal import Foundation
internal import FoundationNetworking

/// Starts the program that was built beside the tests, with a folder and a database of its own.
enum Program {
  struct Run {
    let status: Int32
    let output: String
    let error: String
  }

  static func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("belepo-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private static func process(
    _ arguments: [String], environment: [String: String], in folder: URL
  ) -> Process {
    let process = Process()
    process.executableURL = Repository.file(".build/debug/belepo")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = [
      "PATH": "/usr/bin:/bin",
      "BELEPO_DATABASE_URL": "sqlite:\(folder.path)/test.sqlite",
      // No other server of this machine shall answer.
      "BELEPO_MANAGEMENT_PORT": "1",
    ].merging(environment) { $1 }
    return process
  }

  /// Work that waits, on a thread of its own: the tests' threads are as few as the cores.
  private static func waiting<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: work)) }
    }
  }

  static func run(
    _ arguments: [String], environment: [String: String] = [:]
  ) async throws -> Run {
    try await waiting { try runNow(arguments, environment) }
  }

  private static func runNow(
    _ arguments: [String], _ environment: [String: String]
  ) throws -> Run {
    let process = process(arguments, environment: environment, in: try folder())
    let (output, error) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    try process.run()
    let outputData = output.fileHandleForReading.readDataToEndOfFile()
    let errorData = error.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Run(
      status: process.terminationStatus,
      output: String(decoding: outputData, as: UTF8.self),
      error: String(decoding: errorData, as: UTF8.self))
  }

  /// A running demo, whose log comes through a pipe.
  final class Server {
    let process: Process
    private(set) var port = 0
    private(set) var managementPort = 0
    private let pipe: FileHandle
    private(set) var log = ""

    init(process: Process, pipe: FileHandle) {
      self.process = process
      self.pipe = pipe
    }

    /// Reads the log until all three servers listen, on the ports that they were given, and asks
    /// for readiness.
    func waitUntilReady() async throws {
      while ports.count < 3 {
        let pipe = pipe
        let news = try await Program.waiting { pipe.availableData }
        if news.isEmpty { throw NotReady() }
        log += String(decoding: news, as: UTF8.self)
      }
      for listening in ports {
        if try await text(listening, "/livez") == "ok\n" {
          managementPort = listening
        } else if try await text(listening, "/").contains("/munkatars/") == false {
          port = listening
        }
      }
      guard port != 0, managementPort != 0 else { throw NotReady() }
    }

    private var ports: [Int] {
      log.matches(of: /listening on 127\.0\.0\.1:(\d+)"/).compactMap { Int($0.1) }
    }

    func get(_ path: String) async throws -> String { try await text(port, path) }

    /// What the management listener answers.
    func ask(_ path: String) async throws -> String { try await text(managementPort, path) }

    /// The status of a HEAD at the management listener.
    func head(_ path: String) async throws -> Int? {
      guard let url = URL(string: "http://127.0.0.1:\(managementPort)\(path)") else { return nil }
      var request = URLRequest(url: url)
      request.httpMethod = "HEAD"
      return (try await URLSession.shared.data(for: request).1 as? HTTPURLResponse)?.statusCode
    }

    /// Reads the log until a word is in it.
    func waitForLog(of word: String) async throws {
      while !log.contains(word) {
        let pipe = pipe
        let news = try await Program.waiting { pipe.availableData }
        if news.isEmpty { throw NotReady() }
        log += String(decoding: news, as: UTF8.self)
      }
    }

    /// Tells the server to stop, and reads the rest of its log.
    ///
    /// - Returns: its exit status.
    func stop() async throws -> Int32 {
      process.terminate()
      let (pipe, process) = (pipe, process)
      let rest = try await Program.waiting {
        let rest = pipe.readDataToEndOfFile()
        process.waitUntilExit()
        return rest
      }
      log += String(decoding: rest, as: UTF8.self)
      return process.terminationStatus
    }

    private func text(_ port: Int, _ path: String) async throws -> String {
      guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { throw NotReady() }
      return String(decoding: try await URLSession.shared.data(from: url).0, as: UTF8.self)
    }

    struct NotReady: Error {}
  }

  static func serve(_ environment: [String: String] = [:]) throws -> Server {
    let folder = try folder()
    let process = process(
      ["serve", "--demo"],
      // Whichever are free: a number that is picked beforehand may be somebody else's by then.
      environment: ["BELEPO_HTTP_PORT": "0", "BELEPO_MANAGEMENT_PORT": "0"]
        .merging(environment) { $1 }, in: folder)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    return Server(process: process, pipe: pipe.fileHandleForReading)
  }
}
