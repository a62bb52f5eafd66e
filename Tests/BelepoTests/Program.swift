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
    let port: Int
    private let managementPort: Int
    private let pipe: FileHandle
    private(set) var log = ""

    init(process: Process, port: Int, managementPort: Int, pipe: FileHandle) {
      self.process = process
      self.port = port
      self.managementPort = managementPort
      self.pipe = pipe
    }

    /// Reads the log until both servers listen, then asks for readiness.
    func waitUntilReady() async throws {
      while !log.contains("127.0.0.1:\(port)") || !log.contains("127.0.0.1:\(managementPort)") {
        let pipe = pipe
        let news = try await Program.waiting { pipe.availableData }
        if news.isEmpty { throw NotReady() }
        log += String(decoding: news, as: UTF8.self)
      }
      guard try await text(managementPort, "/livez") == "ok\n" else { throw NotReady() }
    }

    func get(_ path: String) async throws -> String { try await text(port, path) }

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

  static func serve() throws -> Server {
    let folder = try folder()
    let (port, managementPort) = (try freePort(), try freePort())
    let process = process(
      ["serve", "--demo"],
      environment: [
        "BELEPO_HTTP_PORT": String(port), "BELEPO_MANAGEMENT_PORT": String(managementPort),
      ], in: folder)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    return Server(
      process: process, port: port, managementPort: managementPort,
      pipe: pipe.fileHandleForReading)
  }

  /// A port that was free a moment ago.
  private static func freePort() throws -> Int {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = bind(socket, pointer, size)
        _ = getsockname(socket, pointer, &size)
      }
      return Int(UInt16(bigEndian: pointer.pointee.sin_port))
    }
  }
}
