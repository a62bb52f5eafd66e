internal import Glibc
internal import RegisterImport
internal import Synchronization

/// Tells how far an import has come: on a terminal in one line that changes, elsewhere in a line
/// every few seconds.
final class ImportProgressLine: Sendable {
  private struct State {
    var bytes: [RegisterFile: Int] = [:]
    var lines: [RegisterFile: Int] = [:]
    var stage = ImportProgress.Stage.reading
    var lastTold = Duration.zero
  }

  private static let pauseBetweenLines = Duration.seconds(5)
  private static let pauseBetweenChanges = Duration.milliseconds(200)

  private let sizes: [RegisterFile: Int]
  private let isTerminal: Bool
  private let elapsed: @Sendable () -> Duration
  private let write: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - sizes: of the files, which tell how much is left; a pipe and a packed file have none that
  ///     does
  ///   - elapsed: the time since the import began
  ///   - write: takes what is to be shown, line ends and all
  init(
    sizes: [RegisterFile: Int], isTerminal: Bool,
    elapsed: @escaping @Sendable () -> Duration,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.sizes = sizes
    self.isTerminal = isTerminal
    self.elapsed = elapsed
    self.write = write
  }

  /// On standard error.
  convenience init(files: [RegisterFile: FileChunks]) {
    let started = ContinuousClock.now
    self.init(
      sizes: files.compactMapValues(\.knownSize), isTerminal: isatty(STDERR_FILENO) == 1,
      elapsed: { ContinuousClock.now - started }, write: { StandardError.write($0) })
  }

  func tell(_ progress: ImportProgress) {
    let line = state.withLock { state -> String? in
      if progress.stage != state.stage { state.lines = [:] }
      state.stage = progress.stage
      state.lines[progress.file] = progress.lines
      if progress.stage == .reading { state.bytes[progress.file] = progress.bytes }
      let pause = isTerminal ? Self.pauseBetweenChanges : Self.pauseBetweenLines
      let moment = elapsed()
      guard moment - state.lastTold >= pause else { return nil }
      state.lastTold = moment
      return sentence(state, seconds: moment / .seconds(1))
    }
    guard let line else { return }
    write(isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n")
  }

  /// Clears the line of a terminal.
  func finish() {
    if isTerminal { write("\r\u{1B}[K") }
  }

  private func sentence(_ state: State, seconds: Double) -> String {
    let lines = state.lines.values.reduce(0, +)
    var words = ["\(state.stage.rawValue): \(lines) rows"]
    if state.stage == .reading {
      words.append("\(Int(Double(lines) / max(seconds, 0.001))) a second")
      let (read, size) = (state.bytes.values.reduce(0, +), sizes.values.reduce(0, +))
      if sizes.count == RegisterFile.allCases.count, size > 0, read <= size, read > 0 {
        let part = Double(read) / Double(size)
        if isTerminal { words.insert(Self.bar(part), at: 0) }
        words.append("\(Int(part * 100)) %")
        words.append("\(Int((seconds / part - seconds).rounded(.up))) s of reading left")
      }
    }
    return words.joined(separator: ", ")
  }

  private static func bar(_ part: Double) -> String {
    let filled = Int(part * 20)
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: ".", count: max(0, 20 - filled)) + "]"
  }
}
